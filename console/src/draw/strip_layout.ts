// Where the minutes of a strip lie: rows of an hour (or of a day, each cell some minutes), one cell beside the other.
// Pure: the painter and the pointer ask the same object, so what is pointed at is what is drawn.
import type { Minute } from './minutes.ts';

export interface StripLayout {
  from: Minute; // the first minute that is shown, and
  to: Minute; // the one after the last
  first: Minute; // what the first cell of the first row stands for: `from` or before it
  minutes_a_cell: number;
  columns: number;
  rows: number;
  cell_width: number; // in CSS pixels, the gap after it included
  cell_height: number;
  left: number; // beside the cells, for the names of rows
  top: number; // above them, for the names of columns
  width: number; // of the whole
  height: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface LayoutOptions {
  cell_width: number;
  cell_height: number;
  left?: number;
  top?: number;
  minutes_a_row?: number;
  minutes_a_cell?: number;
}

export const hour = 60;
export const day = 24 * hour;

// Rows begin at multiples of their length since the epoch: hours at :00, days at midnight of UTC.
export function layout_strip(from: Minute, to: Minute, options: LayoutOptions): StripLayout {
  const minutes_a_row = options.minutes_a_row ?? hour;
  const minutes_a_cell = options.minutes_a_cell ?? 1;
  const first = Math.floor(from / minutes_a_row) * minutes_a_row;
  const rows = Math.max(1, Math.ceil((to - first) / minutes_a_row));
  const columns = Math.ceil(minutes_a_row / minutes_a_cell);
  const left = options.left ?? 0;
  const top = options.top ?? 0;
  return {
    from,
    to,
    first,
    minutes_a_cell,
    columns,
    rows,
    cell_width: options.cell_width,
    cell_height: options.cell_height,
    left,
    top,
    width: left + columns * options.cell_width,
    height: top + rows * options.cell_height,
  };
}

const per_row = (layout: StripLayout): number => layout.columns * layout.minutes_a_cell;

export function row_of(layout: StripLayout, minute: Minute): number {
  return Math.floor((minute - layout.first) / per_row(layout));
}
export function column_of(layout: StripLayout, minute: Minute): number {
  const within = (minute - layout.first) % per_row(layout);
  return Math.floor(within / layout.minutes_a_cell);
}
export function begin_of_row(layout: StripLayout, row: number): Minute {
  return layout.first + row * per_row(layout);
}
// The first minute that the cell stands for.
export function begin_of_cell(layout: StripLayout, row: number, column: number): Minute {
  return begin_of_row(layout, row) + column * layout.minutes_a_cell;
}

// Undefined: the minute is not shown.
export function box_of(layout: StripLayout, minute: Minute): Box | undefined {
  if (minute < layout.from || minute >= layout.to) return undefined;
  return {
    x: layout.left + column_of(layout, minute) * layout.cell_width,
    y: layout.top + row_of(layout, minute) * layout.cell_height,
    width: layout.cell_width,
    height: layout.cell_height,
  };
}

// The first minute of the cell at a point in CSS pixels; undefined: none is there.
export function minute_at(layout: StripLayout, x: number, y: number): Minute | undefined {
  const column = Math.floor((x - layout.left) / layout.cell_width);
  const row = Math.floor((y - layout.top) / layout.cell_height);
  if (column < 0 || column >= layout.columns || row < 0 || row >= layout.rows) return undefined;
  const begin = begin_of_cell(layout, row, column);
  const end = begin + layout.minutes_a_cell;
  if (end <= layout.from || begin >= layout.to) return undefined;
  return Math.max(begin, layout.from);
}

// Where a key moves to from a minute; undefined: it is no key of a strip. The ends hold.
export function moved(layout: StripLayout, minute: Minute, key: string): Minute | undefined {
  const step = layout.minutes_a_cell;
  const row = per_row(layout);
  const begin = begin_of_row(layout, row_of(layout, minute));
  const targets: Readonly<Record<string, Minute>> = {
    ArrowLeft: minute - step,
    ArrowRight: minute + step,
    ArrowUp: minute - row,
    ArrowDown: minute + row,
    PageUp: minute - 6 * row,
    PageDown: minute + 6 * row,
    Home: begin,
    End: begin + row - step,
  };
  const target = targets[key];
  if (target === undefined) return undefined;
  if (key === 'ArrowUp' || key === 'ArrowDown' || key === 'PageUp' || key === 'PageDown') {
    if (target < layout.from || target >= layout.to) return key.startsWith('Page') ? clamped(layout, target) : minute;
    return target;
  }
  return clamped(layout, target);
}

function clamped(layout: StripLayout, minute: Minute): Minute {
  return Math.min(Math.max(minute, layout.from), layout.to - 1);
}

// Pieces of [from, to), one a row: what a line over a time is drawn with.
export function boxes_of(layout: StripLayout, from: Minute, to: Minute): Box[] {
  const boxes: Box[] = [];
  const begin = Math.max(from, layout.from);
  const end = Math.min(to, layout.to);
  for (let m = begin; m < end; ) {
    const row_end = Math.min(end, begin_of_row(layout, row_of(layout, m) + 1));
    const first = column_of(layout, m);
    const last = column_of(layout, row_end - 1);
    boxes.push({
      x: layout.left + first * layout.cell_width,
      y: layout.top + row_of(layout, m) * layout.cell_height,
      width: (last - first + 1) * layout.cell_width,
      height: layout.cell_height,
    });
    m = row_end;
  }
  return boxes;
}

// The same for what may last for most of what is shown: rows that it fills become a piece of rail beside the cells, so
// that the cells stay quiet.
export interface RailAndBoxes {
  rail: Box[];
  boxes: Box[];
}
export const rail_width = 2;

export function rail_and_boxes(layout: StripLayout, from: Minute, to: Minute): RailAndBoxes {
  const parts: RailAndBoxes = { rail: [], boxes: [] };
  for (const box of boxes_of(layout, from, to)) {
    const row = Math.round((box.y - layout.top) / layout.cell_height);
    const begin = Math.max(begin_of_row(layout, row), layout.from);
    const end = Math.min(begin_of_row(layout, row + 1), layout.to);
    if (from > begin || to < end) parts.boxes.push(box);
    else parts.rail.push({ x: layout.left - rail_width - 1, y: box.y, width: rail_width, height: layout.cell_height });
  }
  return parts;
}
