import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bad, count_of, good, minute_of, none, runs_of, time_of, unobserved, unpack_strip, worst_strip, worst_within } from './minutes.ts';
import { dark_palette, light_palette, rgb_of } from './palette.ts';
import { pixels_of, tile_of } from './strip.ts';
import { box_of, boxes_of, layout_strip, minute_at, moved, rail_and_boxes } from './strip_layout.ts';

const noon = minute_of('2026-12-01T12:00:00Z');
const day = layout_strip(noon - 1440, noon, { cell_width: 5, cell_height: 6, left: 34, top: 12 });

test('two bits a minute come back in order, and padding is left out', () => {
  // 1 2 3 1 in the first byte, 2 in the second.
  const text = btoa(String.fromCharCode(0b01_11_10_01, 0b10));
  const strip = unpack_strip(text, '2026-12-01T12:00:00Z', '2026-12-01T12:05:00Z');
  assert.deepEqual([...strip.states], [good, bad, unobserved, good, bad]);
  assert.equal(time_of(strip.from), '2026-12-01T12:00:00Z');
});

test('a text that is too short leaves minutes not judged, never good', () => {
  const strip = unpack_strip(btoa('\x01'), '2026-12-01T12:00:00Z', '2026-12-01T12:09:00Z');
  assert.deepEqual([...strip.states].slice(1), Array(8).fill(none));
});

test('the worst of some minutes: bad, then unobserved, then good', () => {
  const strip = { from: 10, states: Uint8Array.of(good, unobserved, good, bad) };
  assert.equal(worst_within(strip, 10, 11), good);
  assert.equal(worst_within(strip, 10, 13), unobserved);
  assert.equal(worst_within(strip, 10, 14), bad);
  assert.equal(worst_within(strip, 14, 20), none);
  assert.deepEqual([...worst_strip([strip, { from: 11, states: Uint8Array.of(bad) }], 10, 15).states], [good, bad, good, bad, none]);
});

test('runs and counts', () => {
  const strip = { from: 10, states: Uint8Array.of(good, good, bad, unobserved) };
  assert.deepEqual(runs_of(strip), [
    { from: 10, to: 12, state: good },
    { from: 12, to: 13, state: bad },
    { from: 13, to: 14, state: unobserved },
  ]);
  assert.equal(count_of(strip, good), 2);
  assert.equal(count_of(strip, good, 11), 1);
});

test('rows are hours and begin at :00; a day that begins within one has 25', () => {
  assert.equal(day.rows, 24);
  assert.equal(layout_strip(noon - 1440 + 23, noon + 23, { cell_width: 5, cell_height: 6 }).rows, 25);
  assert.deepEqual(box_of(day, noon - 1440 + 61), { x: 34 + 5, y: 12 + 6, width: 5, height: 6 });
  assert.equal(box_of(day, noon), undefined);
});

test('what is pointed at is what is drawn, for every minute', () => {
  for (let m = day.from; m < day.to; ++m) {
    const box = box_of(day, m);
    assert.ok(box);
    assert.equal(minute_at(day, box.x, box.y), m);
    assert.equal(minute_at(day, box.x + box.width - 0.01, box.y + box.height - 0.01), m);
  }
});

test('nothing is beside the cells, or where no minute is', () => {
  assert.equal(minute_at(day, 33.9, 20), undefined);
  assert.equal(minute_at(day, 34 + 300, 20), undefined);
  assert.equal(minute_at(day, 40, 11.9), undefined);
  assert.equal(minute_at(day, 40, 12 + 144), undefined);
  const cut = layout_strip(noon + 10, noon + 20, { cell_width: 5, cell_height: 6 });
  assert.equal(minute_at(cut, 9 * 5 + 1, 1), undefined);
  assert.equal(minute_at(cut, 10 * 5 + 1, 1), noon + 10);
  assert.equal(minute_at(cut, 20 * 5 + 1, 1), undefined);
});

test('keys move by a minute and by an hour, and the ends hold', () => {
  assert.equal(moved(day, noon - 1, 'ArrowLeft'), noon - 2);
  assert.equal(moved(day, noon - 1, 'ArrowRight'), noon - 1);
  assert.equal(moved(day, noon - 30, 'ArrowUp'), noon - 90);
  assert.equal(moved(day, noon - 30, 'ArrowDown'), noon - 30);
  assert.equal(moved(day, noon - 30, 'Home'), noon - 60);
  assert.equal(moved(day, noon - 30, 'End'), noon - 1);
  assert.equal(moved(day, noon - 30, 'PageUp'), noon - 390);
  assert.equal(moved(day, day.from, 'PageUp'), day.from);
  assert.equal(moved(day, noon - 30, 'x'), undefined);
});

test('thirty days: a row is a day, a cell five minutes, the worst is shown', () => {
  const from = minute_of('2026-11-02T00:00:00Z');
  const month = layout_strip(from, from + 30 * 1440, { cell_width: 2, cell_height: 8, minutes_a_row: 1440, minutes_a_cell: 5 });
  assert.equal(month.rows, 30);
  assert.equal(month.columns, 288);
  assert.equal(minute_at(month, 2 * 12 + 1, 8 + 1), from + 1440 + 60);
  assert.equal(moved(month, from + 1440, 'ArrowRight'), from + 1445);
});

test('a span is a box for each row it is in, cut by what is shown', () => {
  assert.deepEqual(boxes_of(day, noon - 70, noon - 50), [
    { x: 34 + 50 * 5, y: 12 + 22 * 6, width: 50, height: 6 },
    { x: 34, y: 12 + 23 * 6, width: 50, height: 6 },
  ]);
  assert.equal(boxes_of(day, 0, noon + 999).length, 24);
  assert.deepEqual(boxes_of(day, 5, 4), []);
});

test('rows that a drain fills are a rail beside them; those it begins or ends in are lines below their cells', () => {
  const { rail, boxes } = rail_and_boxes(day, noon - 130, noon);
  assert.deepEqual(rail.map((box) => box.y), [12 + 22 * 6, 12 + 23 * 6]);
  assert.deepEqual(boxes, [{ x: 34 + 50 * 5, y: 12 + 21 * 6, width: 50, height: 6 }]);
  const cut = layout_strip(noon + 10, noon + 20, { cell_width: 5, cell_height: 6 });
  assert.equal(rail_and_boxes(cut, noon + 10, noon + 20).rail.length, 1);
  assert.equal(rail_and_boxes(cut, noon + 11, noon + 20).rail.length, 0);
});

test('no two states look alike, without their colours too, in both palettes', () => {
  const without_colour = { ...dark_palette, good: '#000000', bad: '#000000', unobserved_ground: '#000000', none: '#000000', bad_mark: '#ffffff', unobserved: '#ffffff' };
  for (const [width, height] of [[5, 6], [10, 12], [6, 14]] as const) {
    const shapes = [good, bad, unobserved].map((state) => tile_of(state, width, height, without_colour).join());
    assert.equal(new Set(shapes).size, 3);
  }
  for (const palette of [dark_palette, light_palette]) {
    assert.notDeepEqual(rgb_of(palette.good), rgb_of(palette.unobserved_ground));
    assert.equal(new Set([none, good, bad, unobserved].map((state) => tile_of(state, 5, 6, palette).join())).size, 4);
  }
});

test('a cell of several minutes is painted as its worst; before the window it is paler', () => {
  const strip = { from: 0, states: Uint8Array.of(good, good, good, bad) };
  const layout = layout_strip(0, 4, { cell_width: 4, cell_height: 4, minutes_a_row: 4, minutes_a_cell: 2 });
  const { data, width } = pixels_of({ layout, strip, marks: {} }, dark_palette, 1);
  assert.equal(width, 8);
  assert.equal(data[0], tile_of(good, 4, 4, dark_palette)[0]);
  assert.equal(data[4], tile_of(bad, 4, 4, dark_palette)[0]);
  const pale = pixels_of({ layout, strip, marks: { window_from: 2 } }, dark_palette, 1).data;
  assert.notEqual(pale[0], data[0]);
  assert.equal(pale[4], data[4]);
});
