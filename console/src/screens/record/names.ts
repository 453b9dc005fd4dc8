// The names of rows and columns: hours and minutes of a day, days and hours of a month.
import { day, hour, type StripLayout } from '../../draw/strip_layout.ts';
import type { StripNames } from '../../draw/strip.ts';
import type { Minute } from '../../draw/minutes.ts';

const utc = (minute: Minute): string => new Date(minute * 60_000).toISOString();

export function hour_names(layout: StripLayout): StripNames {
  return {
    row: (row) => (row % 3 === 0 ? utc(layout.first + row * hour).slice(11, 16) : ''),
    column: (column) => (column % 15 === 0 ? `:${String(column).padStart(2, '0')}` : ''),
  };
}
export function day_names(layout: StripLayout): StripNames {
  const cells_an_hour = layout.columns / 24;
  return {
    row: (row) => (row % 3 === 0 ? utc(layout.first + row * day).slice(5, 10) : ''),
    column: (column) => (column % (6 * cells_an_hour) === 0 ? `${String(column / cells_an_hour).padStart(2, '0')}:00` : ''),
  };
}
