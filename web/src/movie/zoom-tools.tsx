import { ActionIcon, Button, Popover, SegmentedControl, Slider, Switch, Tooltip } from '@mantine/core';
import {
  IconAdjustments,
  IconArrowsMaximize,
  IconContrast,
  IconMaximize,
  IconVectorSpline,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import type { RefObject } from 'react';
import { LOW_PASSES_A, TILE_RANGE_SIGMA } from '../../../src/contract/tiles.ts';
import { useKeys } from '../ui/use-keys.ts';
import classes from './deep-zoom.module.css';
import type { LocalArrows } from './local-motion.ts';
import type { ZoomControls } from './use-deep-zoom.ts';
import { zoomWords } from './words.ts';
import type { ZoomLook } from './zoom-look.ts';

const STEP = 1.5;
const LEAST_SIGMAS = 0.5;
const OFF = 'off';

/** What can be done to the sight of a micrograph. */
export function ZoomTools(props: {
  look: ZoomLook;
  change: (part: Partial<ZoomLook>) => void;
  reset: () => void;
  controls: ZoomControls;
  holder: RefObject<HTMLElement | null>;
  withLowPass: boolean;
  arrows: LocalArrows | null;
}) {
  const { look, change, controls, arrows } = props;
  useKeys({
    '+': () => controls.by(STEP),
    '=': () => controls.by(STEP),
    '-': () => controls.by(1 / STEP),
    '0': () => controls.home(),
    i: () => change({ inverted: !look.inverted }),
    m: arrows ? () => change({ withArrows: !look.withArrows }) : undefined,
  });
  const tool = (label: string, icon: React.ReactNode, act: () => void, pressed?: boolean) => (
    <Tooltip label={label}>
      <ActionIcon
        variant={pressed ? 'filled' : 'default'}
        size="md"
        aria-label={label}
        aria-pressed={pressed}
        onClick={act}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  return (
    <div className={`${classes.tools} no-print`}>
      {tool(zoomWords.in, <IconZoomIn size={17} />, () => controls.by(STEP))}
      {tool(zoomWords.out, <IconZoomOut size={17} />, () => controls.by(1 / STEP))}
      {tool(zoomWords.home, <IconArrowsMaximize size={17} />, () => controls.home())}
      {tool(
        zoomWords.invert,
        <IconContrast size={17} />,
        () => change({ inverted: !look.inverted }),
        look.inverted,
      )}
      {arrows &&
        tool(
          zoomWords.arrows,
          <IconVectorSpline size={17} />,
          () => change({ withArrows: !look.withArrows }),
          look.withArrows,
        )}
      {props.withLowPass && (
        <SegmentedControl
          size="xs"
          aria-label={zoomWords.lowPass}
          value={look.lowPassA === null ? OFF : String(look.lowPassA)}
          onChange={(value) => change({ lowPassA: value === OFF ? null : Number(value) })}
          data={[
            { value: OFF, label: zoomWords.noLowPass },
            ...LOW_PASSES_A.map((a) => ({ value: String(a), label: `${a} Å` })),
          ]}
        />
      )}
      <Popover position="bottom-end" withArrow trapFocus>
        <Popover.Target>
          <Button size="compact-sm" variant="default" leftSection={<IconAdjustments size={15} />}>
            {zoomWords.contrast}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes.sliders}>
          <label htmlFor="zoom-contrast">{zoomWords.contrastHelp(look.sigmas.toFixed(1))}</label>
          <Slider
            id="zoom-contrast"
            thumbLabel={zoomWords.contrast}
            min={LEAST_SIGMAS}
            max={TILE_RANGE_SIGMA}
            step={0.1}
            inverted
            value={look.sigmas}
            onChange={(sigmas) => change({ sigmas })}
            label={(value) => `±${value.toFixed(1)} σ`}
          />
          <label htmlFor="zoom-brightness">{zoomWords.brightness}</label>
          <Slider
            id="zoom-brightness"
            thumbLabel={zoomWords.brightness}
            min={-0.5}
            max={0.5}
            step={0.02}
            value={look.brightness}
            onChange={(brightness) => change({ brightness })}
            label={null}
          />
          <Switch
            label={zoomWords.invert}
            checked={look.inverted}
            onChange={(event) => change({ inverted: event.currentTarget.checked })}
          />
          <Button size="compact-sm" variant="default" onClick={props.reset}>
            {zoomWords.reset}
          </Button>
        </Popover.Dropdown>
      </Popover>
      <span className={classes.space} />
      {document.fullscreenEnabled &&
        tool(zoomWords.full, <IconMaximize size={17} />, () => {
          if (document.fullscreenElement) void document.exitFullscreen();
          else void props.holder.current?.parentElement?.requestFullscreen();
        })}
    </div>
  );
}
