import { Skeleton } from '@mantine/core';
import classes from './movie.module.css';

/** Shown in place of a movie while it is being loaded. */
export function MovieSkeleton() {
  return (
    <div aria-busy="true">
      <Skeleton height={69} radius={10} mb={14} />
      <div className={classes.grid}>
        <Skeleton className={classes.waiting} radius={10} />
        <Skeleton height={326} radius={10} />
        <Skeleton height={326} radius={10} />
      </div>
    </div>
  );
}
