import { Button, Popover, Slider, Switch } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { TILE_RANGE_SIGMA } from '../../../src/contract/tiles.ts';
import classes from './deep-zoom.module.css';
import type { DisplaySettings } from './display-settings.ts';
import { zoomWords } from './words.ts';

const MIN_SIGMAS = 0.5;

/** Contrast, brightness and inversion of a micrograph. */
export function ContrastMenu(props: {
  settings: DisplaySettings;
  change: (changes: Partial<DisplaySettings>) => void;
  reset: () => void;
}) {
  const { settings, change } = props;
  return (
    <Popover position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconAdjustments size={15} />}>
          {zoomWords.contrast}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.sliders}>
        <label htmlFor="zoom-contrast">{zoomWords.contrastHelp(settings.sigmas.toFixed(1))}</label>
        <Slider
          id="zoom-contrast"
          thumbLabel={zoomWords.contrast}
          min={MIN_SIGMAS}
          max={TILE_RANGE_SIGMA}
          step={0.1}
          inverted
          value={settings.sigmas}
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
          value={settings.brightness}
          onChange={(brightness) => change({ brightness })}
          label={null}
        />
        <Switch
          label={zoomWords.invert}
          checked={settings.inverted}
          onChange={(event) => change({ inverted: event.currentTarget.checked })}
        />
        <Button size="compact-sm" variant="default" onClick={props.reset}>
          {zoomWords.reset}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
