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
import { text } from '../ui/text.ts';
import { useKeys } from '../ui/use-keys.ts';
import classes from './deep-zoom.module.css';
import type { LocalArrows } from './local-motion.ts';
import type { ZoomControls } from './use-deep-zoom.ts';
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
  const t = text.zoom;
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
      {tool(t.in, <IconZoomIn size={17} />, () => controls.by(STEP))}
      {tool(t.out, <IconZoomOut size={17} />, () => controls.by(1 / STEP))}
      {tool(t.home, <IconArrowsMaximize size={17} />, () => controls.home())}
      {tool(t.invert, <IconContrast size={17} />, () => change({ inverted: !look.inverted }), look.inverted)}
      {arrows &&
        tool(
          t.arrows,
          <IconVectorSpline size={17} />,
          () => change({ withArrows: !look.withArrows }),
          look.withArrows,
        )}
      {props.withLowPass && (
        <SegmentedControl
          size="xs"
          aria-label={t.lowPass}
          value={look.lowPassA === null ? OFF : String(look.lowPassA)}
          onChange={(value) => change({ lowPassA: value === OFF ? null : Number(value) })}
          data={[
            { value: OFF, label: t.noLowPass },
            ...LOW_PASSES_A.map((a) => ({ value: String(a), label: `${a} Å` })),
          ]}
        />
      )}
      <Popover position="bottom-end" withArrow trapFocus>
        <Popover.Target>
          <Button size="compact-sm" variant="default" leftSection={<IconAdjustments size={15} />}>
            {t.contrast}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes.sliders}>
          <label htmlFor="zoom-contrast">{t.contrastHelp(look.sigmas.toFixed(1))}</label>
          <Slider
            id="zoom-contrast"
            thumbLabel={t.contrast}
            min={LEAST_SIGMAS}
            max={TILE_RANGE_SIGMA}
            step={0.1}
            inverted
            value={look.sigmas}
            onChange={(sigmas) => change({ sigmas })}
            label={(value) => `±${value.toFixed(1)} σ`}
          />
          <label htmlFor="zoom-brightness">{t.brightness}</label>
          <Slider
            id="zoom-brightness"
            thumbLabel={t.brightness}
            min={-0.5}
            max={0.5}
            step={0.02}
            value={look.brightness}
            onChange={(brightness) => change({ brightness })}
            label={null}
          />
          <Switch
            label={t.invert}
            checked={look.inverted}
            onChange={(event) => change({ inverted: event.currentTarget.checked })}
          />
          <Button size="compact-sm" variant="default" onClick={props.reset}>
            {t.reset}
          </Button>
        </Popover.Dropdown>
      </Popover>
      <span className={classes.space} />
      {document.fullscreenEnabled &&
        tool(t.full, <IconMaximize size={17} />, () => {
          if (document.fullscreenElement) void document.exitFullscreen();
          else void props.holder.current?.parentElement?.requestFullscreen();
        })}
    </div>
  );
}
