// A strip as SVG text, for a page that has to stand alone: runs of like minutes are one shape each.
import { bad, good, unobserved, worst_within, type MinuteState } from './minutes.ts';
import { light_palette, type StripPalette } from './palette.ts';
import type { StripNames, StripPicture } from './strip.ts';
import { begin_of_cell, box_of, boxes_of, rail_and_boxes, type Box, type StripLayout } from './strip_layout.ts';

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${String(c.charCodeAt(0))};`);
}

const number = (n: number): string => String(Math.round(n * 100) / 100);
const rect = (box: Box, more: string): string => `<rect x="${number(box.x)}" y="${number(box.y)}" width="${number(box.width)}" height="${number(box.height)}" ${more}/>`;

// One row's cells that are alike, beside each other.
function stretches(layout: StripLayout, { strip }: StripPicture): { state: MinuteState; box: Box; cells: number }[] {
  const found: { state: MinuteState; box: Box; cells: number }[] = [];
  for (let row = 0; row < layout.rows; ++row) {
    let last: (typeof found)[number] | undefined;
    for (let column = 0; column < layout.columns; ++column) {
      const begin = begin_of_cell(layout, row, column);
      const end = begin + layout.minutes_a_cell;
      const outside = end <= layout.from || begin >= layout.to;
      const state = outside ? 0 : worst_within(strip, begin, end);
      if (last?.state === state && !outside) {
        last.box.width += layout.cell_width;
        ++last.cells;
        continue;
      }
      last = outside ? undefined : { state, cells: 1, box: { x: layout.left + column * layout.cell_width, y: layout.top + row * layout.cell_height, width: layout.cell_width, height: layout.cell_height } };
      if (last) found.push(last);
    }
  }
  return found;
}

function shapes(picture: StripPicture, palette: StripPalette, hatch: string): string {
  const { layout } = picture;
  return stretches(layout, picture)
    .map(({ state, box, cells }) => {
      const inner = { ...box, width: box.width - 0.8, height: box.height - 0.8 };
      if (state === good) return rect(inner, `fill="${palette.good}"`);
      if (state === unobserved) return rect(inner, `fill="url(#${hatch})"`);
      if (state !== bad) return rect(inner, `fill="${palette.none}"`);
      const bars = Array.from({ length: cells }, (_, i) => rect({ x: box.x + (i + 0.4) * layout.cell_width, y: box.y + 1, width: layout.cell_width / 5, height: box.height - 2.8 }, `fill="${palette.bad_mark}"`));
      return rect(inner, `fill="${palette.bad}"`) + bars.join('');
    })
    .join('');
}

function marks(picture: StripPicture, palette: StripPalette): string {
  const { layout, marks: over } = picture;
  const lines = (spans: readonly { from: number; to: number }[], y: (box: Box) => number, more: string) =>
    spans.flatMap((span) => boxes_of(layout, span.from, span.to)).map((box) => `<path d="M${number(box.x)} ${number(y(box))}h${number(box.width)}" ${more}/>`).join('');
  const drained = (over.drains ?? []).map((span) => rail_and_boxes(layout, span.from, span.to));
  let text = drained.flatMap(({ rail }) => rail).map((box) => rect(box, `fill="${palette.drain}"`)).join('');
  text += drained.flatMap(({ boxes }) => boxes).map((box) => `<path d="M${number(box.x)} ${number(box.y + box.height - 0.5)}h${number(box.width)}" stroke="${palette.drain}"/>`).join('');
  text += lines(over.excused ?? [], (box) => box.y + 0.5, `stroke="${palette.excused}" stroke-dasharray="2 2"`);
  const edge = over.window_from === undefined || over.window_from <= layout.from ? undefined : box_of(layout, over.window_from);
  if (edge) text += `<path d="M${number(edge.x + 4)} ${number(edge.y - 0.75)}h-4.75v${number(edge.height + 0.75)}h4.75" fill="none" stroke="${palette.edge}" stroke-width="1.5"/>`;
  const ages = over.ages_out === undefined ? undefined : box_of(layout, over.ages_out);
  if (ages) text += rect({ x: ages.x - 1.5, y: ages.y - 1.5, width: ages.width + 2, height: ages.height + 2 }, `fill="none" stroke="${palette.ages_out}" stroke-width="2"`);
  return text;
}

export interface SvgOptions {
  names: StripNames;
  id: string; // of its own among those of the page
  label: string; // what it shows, in words
  palette?: StripPalette;
}

export function strip_svg(picture: StripPicture, { names, id, label, palette = light_palette }: SvgOptions): string {
  const { layout } = picture;
  const hatch = `hatch-${id}`;
  const text: string[] = [];
  for (let row = 0; row < layout.rows; ++row) {
    const name = names.row(row);
    if (name) text.push(`<text x="${number(layout.left - 5)}" y="${number(layout.top + (row + 0.85) * layout.cell_height)}" text-anchor="end">${escaped(name)}</text>`);
  }
  for (let column = 0; column < layout.columns; ++column) {
    const name = names.column(column);
    if (name) text.push(`<text x="${number(layout.left + column * layout.cell_width)}" y="${number(layout.top - 3)}">${escaped(name)}</text>`);
  }
  return (
    `<svg role="img" aria-label="${escaped(label)}" width="${number(layout.width + 2)}" height="${number(layout.height + 2)}" viewBox="0 0 ${number(layout.width + 2)} ${number(layout.height + 2)}" xmlns="http://www.w3.org/2000/svg">` +
    `<defs><pattern id="${hatch}" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0h4v4h-4z" fill="${palette.unobserved_ground}"/><path d="M1 0v4" stroke="${palette.unobserved}"/></pattern></defs>` +
    `<g font-size="9" font-family="ui-monospace,monospace" fill="${palette.text}">${text.join('')}</g>` +
    shapes(picture, palette, hatch) +
    marks(picture, palette) +
    '</svg>'
  );
}
