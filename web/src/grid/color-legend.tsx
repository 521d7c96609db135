import classes from './color-legend.module.css';
import { type ColorScale, gradientOf } from './color-scale.ts';
import { gridWords } from './words.ts';

/** Legend of the colours: the metric, both ends of the scale, and which end is better. */
export function ColorLegend(props: {
  scale: ColorScale;
  label: string;
  low: string;
  high: string;
  better: 'low' | 'high' | null;
}) {
  const { scale, better } = props;
  const end = (side: 'low' | 'high') => (
    <span>
      {props[side]}
      {better === side && <small> {gridWords.better}</small>}
    </span>
  );
  return (
    <figure className={classes.legend}>
      <figcaption>{props.label}</figcaption>
      <span className={classes.bar} style={{ background: gradientOf(scale) }} aria-hidden />
      <span className={classes.ends}>
        {end('low')}
        {end('high')}
      </span>
    </figure>
  );
}
