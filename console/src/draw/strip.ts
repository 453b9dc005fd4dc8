// Paints minutes on a canvas: each cell once into an ImageData of device pixels, which is kept; what moves (the pointer,
// what is pinned) is drawn over it. Grey is never green, and no state is told by its colour alone.
import { bad, unobserved, worst_within, type Minute, type MinuteState, type MinuteStrip } from './minutes.ts';
import { begin_of_cell, box_of, boxes_of, rail_and_boxes, type Box, type StripLayout } from './strip_layout.ts';
import { rgb_of, type Rgb, type StripPalette } from './palette.ts';

// A time that something was so.
export interface Span {
  from: Minute;
  to: Minute; // exclusive
}

// What lies over the minutes.
export interface StripMarks {
  drains?: readonly Span[];
  excused?: readonly Span[];
  window_from?: Minute | undefined; // minutes before it are not judged any more: paler
  ages_out?: Minute | undefined;
}

export interface StripPicture {
  layout: StripLayout;
  strip: MinuteStrip;
  marks: StripMarks;
}

export interface Pointed {
  hover?: Minute | undefined;
  pinned?: Minute | undefined;
}

// One pixel of an ImageData, as a 32-bit number of either byte order.
const little = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
function pixel([r, g, b]: Rgb, alpha = 255): number {
  return little ? ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0 : ((r << 24) | (g << 16) | (b << 8) | alpha) >>> 0;
}

// A cell of one state: width by height device pixels, the gap included and empty.
export function tile_of(state: MinuteState, width: number, height: number, palette: StripPalette, pale = false): Uint32Array {
  const tile = new Uint32Array(width * height);
  const gap = width > 3 ? Math.max(1, Math.round(width / 6)) : 0;
  const gap_below = height > 3 ? Math.max(1, Math.round(height / 6)) : 0;
  const w = width - gap;
  const h = height - gap_below;
  const alpha = pale ? 110 : 255;
  const grounds: readonly string[] = [palette.none, palette.good, palette.bad, palette.unobserved_ground];
  const ground = pixel(rgb_of(grounds[state] ?? palette.none), alpha);
  const ink = pixel(rgb_of(state === bad ? palette.bad_mark : palette.unobserved), alpha);
  for (let y = 0; y < h; ++y) {
    for (let x = 0; x < w; ++x) tile[y * width + x] = marked(state, x, y, w, h) ? ink : ground;
  }
  return tile;
}

// Bad: a bar down the middle. Unobserved: hatched.
function marked(state: MinuteState, x: number, y: number, w: number, h: number): boolean {
  if (state === bad) {
    const thick = Math.max(1, Math.round(w / 4));
    const left = Math.floor((w - thick) / 2);
    return w >= 3 && x >= left && x < left + thick && y >= Math.floor(h / 5) && y < h - Math.floor(h / 5);
  }
  return state === unobserved && (x + y) % 3 === 0;
}

// All cells in device pixels, without names of rows and columns.
export function pixels_of(picture: StripPicture, palette: StripPalette, ratio: number): { data: Uint32Array; width: number; height: number } {
  const { layout, strip, marks } = picture;
  const tile_width = Math.max(1, Math.round(layout.cell_width * ratio));
  const tile_height = Math.max(1, Math.round(layout.cell_height * ratio));
  const width = tile_width * layout.columns;
  const data = new Uint32Array(width * tile_height * layout.rows);
  const tiles = new Map<number, Uint32Array>();
  const tile = (state: MinuteState, pale: boolean): Uint32Array => {
    const key = state * 2 + (pale ? 1 : 0);
    const known = tiles.get(key) ?? tile_of(state, tile_width, tile_height, palette, pale);
    tiles.set(key, known);
    return known;
  };
  for (let row = 0; row < layout.rows; ++row) {
    for (let column = 0; column < layout.columns; ++column) {
      const begin = begin_of_cell(layout, row, column);
      const end = begin + layout.minutes_a_cell;
      if (end <= layout.from || begin >= layout.to) continue;
      const state = worst_within(strip, begin, end);
      const one = tile(state, marks.window_from !== undefined && end <= marks.window_from);
      for (let y = 0; y < tile_height; ++y) {
        data.set(one.subarray(y * tile_width, (y + 1) * tile_width), (row * tile_height + y) * width + column * tile_width);
      }
    }
  }
  return { data, width, height: tile_height * layout.rows };
}

// Pictures that were painted, the last ones used; scrolling back finds them ready.
export class StripCache {
  private readonly kept = new Map<string, HTMLCanvasElement>();
  private readonly most: number;

  constructor(most = 96) {
    this.most = most;
  }

  // name: tells one content from another.
  get(name: string, picture: StripPicture, palette: StripPalette, ratio: number): HTMLCanvasElement {
    const { layout, marks } = picture;
    const key = [name, ratio, palette.key, layout.from, layout.to, layout.columns, layout.minutes_a_cell, layout.cell_width, layout.cell_height, marks.window_from].join('|');
    const known = this.kept.get(key);
    if (known) {
      this.kept.delete(key);
      this.kept.set(key, known);
      return known;
    }
    const canvas = canvas_of(picture, palette, ratio);
    this.kept.set(key, canvas);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.most) break;
      this.kept.delete(oldest);
    }
    return canvas;
  }
}

function canvas_of(picture: StripPicture, palette: StripPalette, ratio: number): HTMLCanvasElement {
  const { data, width, height } = pixels_of(picture, palette, ratio);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  image.data.set(new Uint8ClampedArray(data.buffer));
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}

// Makes a canvas as sharp as the screen; true: it is empty now.
export function size_canvas(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): boolean {
  const w = Math.round(width * ratio);
  const h = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  if (canvas.width === w && canvas.height === h) return false;
  canvas.width = w;
  canvas.height = h;
  return true;
}

export interface StripNames {
  row: (row: number) => string; // beside a row; '' for none
  column: (column: number) => string; // above a column; '' for none
}

export interface StripPaint {
  cells: HTMLCanvasElement; // of a StripCache
  picture: StripPicture;
  palette: StripPalette;
  pointed: Pointed;
  ratio: number; // device pixels of a CSS pixel
  names?: StripNames;
}

// Cells, marks, and what is pointed at.
export function paint_strip(canvas: HTMLCanvasElement, { cells, picture, palette, pointed, ratio, names }: StripPaint): void {
  const { layout } = picture;
  size_canvas(canvas, layout.width, layout.height, ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, layout.height);
  context.drawImage(cells, layout.left, layout.top, layout.width - layout.left, layout.height - layout.top);
  if (names) paint_names(context, layout, palette, names);
  paint_marks(context, picture, palette);
  paint_pointed(context, layout, palette, pointed);
}

function paint_names(context: CanvasRenderingContext2D, layout: StripLayout, palette: StripPalette, names: StripNames): void {
  context.fillStyle = palette.text;
  context.font = '10px ui-monospace, monospace';
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (let row = 0; row < layout.rows; ++row) {
    const name = names.row(row);
    if (name) context.fillText(name, layout.left - 5, layout.top + (row + 0.5) * layout.cell_height);
  }
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  for (let column = 0; column < layout.columns; ++column) {
    const name = names.column(column);
    if (name) context.fillText(name, layout.left + column * layout.cell_width, layout.top - 3);
  }
}

// Drains run beside rows and below cells, what is judged under suspicion above cells, dotted. A bracket stands where the window
// begins, a ring around the minute that has to age out.
function paint_marks(context: CanvasRenderingContext2D, { layout, marks }: StripPicture, palette: StripPalette): void {
  const boxes = { drain: (span: Span) => rail_and_boxes(layout, span.from, span.to).boxes, excused: (span: Span) => boxes_of(layout, span.from, span.to) };
  const line = (spans: readonly Span[], colour: 'drain' | 'excused', place: (box: Box) => number, dash: number[]) => {
    context.strokeStyle = palette[colour];
    context.lineWidth = 1;
    context.setLineDash(dash);
    context.beginPath();
    for (const span of spans) {
      for (const box of boxes[colour](span)) {
        context.moveTo(box.x, place(box));
        context.lineTo(box.x + box.width, place(box));
      }
    }
    context.stroke();
    context.setLineDash([]);
  };
  line(marks.drains ?? [], 'drain', (box) => box.y + box.height - 0.5, []);
  context.fillStyle = palette.drain;
  for (const span of marks.drains ?? []) {
    for (const box of rail_and_boxes(layout, span.from, span.to).rail) context.fillRect(box.x, box.y, box.width, box.height);
  }
  line(marks.excused ?? [], 'excused', (box) => box.y + 0.5, [2, 2]);
  if (marks.window_from !== undefined && marks.window_from > layout.from) bracket(context, layout, marks.window_from, palette.edge);
  if (marks.ages_out !== undefined) ring(context, box_of(layout, marks.ages_out), palette.ages_out, 2);
}

function bracket(context: CanvasRenderingContext2D, layout: StripLayout, minute: Minute, colour: string): void {
  const box = box_of(layout, minute);
  if (!box) return;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(box.x + 4, box.y - 0.75);
  context.lineTo(box.x - 0.75, box.y - 0.75);
  context.lineTo(box.x - 0.75, box.y + box.height);
  context.lineTo(box.x + 4, box.y + box.height);
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, box: Box | undefined, colour: string, width: number): void {
  if (!box) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(box.x - width / 2 - 0.5, box.y - width / 2 - 0.5, box.width + width, box.height + width);
}

function paint_pointed(context: CanvasRenderingContext2D, layout: StripLayout, palette: StripPalette, pointed: Pointed): void {
  if (pointed.hover !== undefined) ring(context, box_of(layout, pointed.hover), palette.pin, 1);
  const pinned = pointed.pinned === undefined ? undefined : box_of(layout, pointed.pinned);
  if (!pinned) return;
  ring(context, pinned, palette.pin, 2);
  context.fillStyle = palette.pin;
  context.globalAlpha = 0.1;
  context.fillRect(layout.left, pinned.y, layout.width - layout.left, pinned.height);
  context.fillRect(pinned.x, layout.top, pinned.width, layout.height - layout.top);
  context.globalAlpha = 1;
}
