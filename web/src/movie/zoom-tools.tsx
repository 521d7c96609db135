import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconArrowsMaximize,
  IconContrast,
  IconMaximize,
  IconVectorSpline,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import { LOW_PASSES_A } from '../../../src/contract/tiles.ts';
import { useKeys } from '../ui/use-keys.ts';
import { ContrastMenu } from './contrast-menu.tsx';
import classes from './deep-zoom.module.css';
import type { DisplaySettings } from './display-settings.ts';
import type { LocalArrows } from './local-motion.ts';
import type { ZoomControls } from './use-deep-zoom.ts';
import { zoomWords } from './words.ts';

/** Zoom factor of one step. */
const STEP = 1.5;
const NO_LOW_PASS = 'off';

/** Buttons and keys for the view of a micrograph. */
export function ZoomTools(props: {
  settings: DisplaySettings;
  change: (changes: Partial<DisplaySettings>) => void;
  reset: () => void;
  controls: ZoomControls;
  /** Element whose parent is shown in full screen. */
  holder: RefObject<HTMLElement | null>;
  /** Whether the pixel size is known. */
  isPixelSizeKnown: boolean;
  arrows: LocalArrows | null;
}) {
  const { settings, change, controls, arrows } = props;
  const zoomIn = () => controls.zoomBy(STEP);
  const zoomOut = () => controls.zoomBy(1 / STEP);
  const invert = () => change({ inverted: !settings.inverted });
  const toggleArrows = () => change({ withArrows: !settings.withArrows });
  useKeys({
    '+': zoomIn,
    '=': zoomIn,
    '-': zoomOut,
    '0': () => controls.goHome(),
    i: invert,
    m: arrows ? toggleArrows : undefined,
  });
  return (
    <div className={`${classes.tools} no-print`}>
      <Tool label={zoomWords.in} icon={<IconZoomIn size={17} />} onClick={zoomIn} />
      <Tool label={zoomWords.out} icon={<IconZoomOut size={17} />} onClick={zoomOut} />
      <Tool
        label={zoomWords.home}
        icon={<IconArrowsMaximize size={17} />}
        onClick={() => controls.goHome()}
      />
      <Tool
        label={zoomWords.invert}
        icon={<IconContrast size={17} />}
        onClick={invert}
        isPressed={settings.inverted}
      />
      {arrows && (
        <Tool
          label={zoomWords.arrows}
          icon={<IconVectorSpline size={17} />}
          onClick={toggleArrows}
          isPressed={settings.withArrows}
        />
      )}
      {props.isPixelSizeKnown && (
        <SegmentedControl
          size="xs"
          aria-label={zoomWords.lowPass}
          value={settings.lowPassA === null ? NO_LOW_PASS : String(settings.lowPassA)}
          onChange={(value) => change({ lowPassA: value === NO_LOW_PASS ? null : Number(value) })}
          data={[
            { value: NO_LOW_PASS, label: zoomWords.noLowPass },
            ...LOW_PASSES_A.map((a) => ({ value: String(a), label: `${a} Å` })),
          ]}
        />
      )}
      <ContrastMenu settings={settings} change={change} reset={props.reset} />
      <span className={classes.space} />
      {document.fullscreenEnabled && (
        <Tool
          label={zoomWords.full}
          icon={<IconMaximize size={17} />}
          onClick={() => {
            if (document.fullscreenElement) void document.exitFullscreen();
            else void props.holder.current?.parentElement?.requestFullscreen();
          }}
        />
      )}
    </div>
  );
}

function Tool(props: {
  label: string;
  icon: ReactNode;
  onClick: () => void;
  /** Only for buttons that turn something on and off. */
  isPressed?: boolean;
}) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        variant={props.isPressed ? 'filled' : 'default'}
        size="md"
        aria-label={props.label}
        aria-pressed={props.isPressed}
        onClick={props.onClick}
      >
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}
