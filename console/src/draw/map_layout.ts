// Where a network's metros, devices and links stand on the screen, for a view of the plane. Pure and without chance: the
// same network and view give the same picture.
import type { MarkKind } from '../ui/marks.tsx';
import { worst, type MapLink, type MapMetro, type MapRecord, type Network } from './map_network.ts';

export interface Point {
  x: number;
  y: number;
}

// What of the plane is seen: the point in the middle, and the pixels of one unit.
export interface View extends Point {
  k: number;
}

export interface Size {
  width: number;
  height: number;
}

// How a network lies on its plane, before it is looked at.
export interface Plane {
  place: ReadonlyMap<string, Point>; // of metros by code
  way: (from: string, to: string) => readonly Point[][];
  devices?: ReadonlyMap<string, Point>; // where each device has a place of its own
  centre?: Point; // of such a plane: names of metros stand away from it
  apart?: number; // between two devices
}

export interface Spot extends Point {
  id: string;
  metros: readonly MapMetro[];
  label: string; // '' where there is no room
  title: string;
  mark: MarkKind;
  count: number; // devices
  open: boolean; // its devices are drawn
  ring: boolean; // around them, or around their number
  changed: boolean;
  radius: number;
}

export interface Dot extends Point {
  device: MapRecord;
}

export interface Line {
  id: string;
  links: readonly MapLink[]; // several: drawn as one
  path: string;
  mark: MarkKind;
  width: number;
  drained: boolean;
  changed: boolean;
  middle: Point;
}

export interface Scene {
  spots: readonly Spot[];
  dots: readonly Dot[];
  lines: readonly Line[];
  within: readonly MapLink[]; // between what stands as one spot: not drawn
  scale: number; // of marks and lines: less where much stands close together
}

const near = 42; // px between metros that stand as one
const between_dots = 17;
const most_open = 300; // devices of a metro that are drawn one by one
const most_beside = 4; // links of the same two ends that are drawn one beside the other
const beside = 7; // px between them

export function to_screen(point: Point, view: View, size: Size): Point {
  return { x: (point.x - view.x) * view.k + size.width / 2, y: (point.y - view.y) * view.k + size.height / 2 };
}

// All of these points, with room around them.
export function view_of(points: readonly Point[], size: Size, most_room = 64): View {
  const room = Math.min(most_room, size.width * 0.12, size.height * 0.15);
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  if (points.length === 0) return { x: 500, y: 240, k: size.width / 1000 };
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const k = Math.min((size.width - 2 * room) / Math.max(right - left, 1), (size.height - 2 * room) / Math.max(bottom - top, 1));
  return { x: (left + right) / 2, y: (top + bottom) / 2, k: Math.min(60, Math.max(k, 0.2)) };
}

// Zooms by a factor about a point of the screen, which stays where it is.
export function zoomed(view: View, factor: number, about: Point, size: Size): View {
  const k = Math.min(200, Math.max(0.2, view.k * factor));
  const shift = 1 / view.k - 1 / k;
  return { x: view.x + (about.x - size.width / 2) * shift, y: view.y + (about.y - size.height / 2) * shift, k };
}

// n places around a point, in rings.
export function fan(n: number): Point[] {
  if (n === 1) return [{ x: 0, y: 0 }];
  const points: Point[] = [];
  for (let ring = 1; points.length < n; ++ring) {
    const radius = ring === 1 ? Math.max(between_dots * 0.8, Math.min(n, 9) * between_dots / (2 * Math.PI)) : Math.min(n, 9) * between_dots / (2 * Math.PI) + (ring - 1) * between_dots;
    const here = Math.min(n - points.length, ring === 1 ? 9 : Math.floor((2 * Math.PI * radius) / between_dots));
    for (let i = 0; i < here; ++i) {
      const angle = -Math.PI / 2 + (2 * Math.PI * i) / here;
      points.push({ x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
    }
  }
  return points;
}

export function fan_radius(n: number): number {
  return Math.max(...fan(n).map((point) => Math.hypot(point.x, point.y)), 0) + 8;
}

export function scene_of(network: Network, plane: Plane, view: View, size: Size, chosen = ''): Scene {
  const seen = (point: Point) => to_screen(point, view, size);
  const spots = plane.devices ? each_alone(network, plane, seen) : with_links_within(clusters(network, plane, seen, chosen), network);
  const dots: Dot[] = [];
  const ends = new Map<string, Point>(); // of devices by code
  for (const spot of spots) {
    for (const metro of spot.metros) {
      const around = fan(metro.devices.length);
      metro.devices.forEach((device, i) => {
        const own = plane.devices?.get(device.row.code);
        const to = own ? seen(own) : spot.open ? sum(spot, around[i] ?? spot) : spot;
        ends.set(device.row.code, to);
        if (spot.open) dots.push({ ...to, device });
      });
    }
  }
  const lines = lines_of({ network, plane, seen, spots, ends });
  const drawn = new Set(lines.flatMap((line) => line.links));
  return { spots: labelled(spots), dots, lines, within: network.links.filter((link) => !drawn.has(link)), scale: scale_of(plane, view) };
}

function scale_of(plane: Plane, view: View): number {
  return plane.apart === undefined ? 1 : Math.min(1, Math.max(0.4, (plane.apart * view.k) / 12));
}

const name_away = 26; // px from the circle

function each_alone(network: Network, plane: Plane, seen: (point: Point) => Point): Spot[] {
  const centre = seen(plane.centre ?? { x: 0, y: 0 });
  return network.metros.map((metro) => {
    const at = seen(plane.place.get(metro.code) ?? { x: 0, y: 0 });
    const out = distance(at, centre) || 1;
    const moved = { x: at.x + ((at.x - centre.x) / out) * name_away, y: at.y + ((at.y - centre.y) / out) * (name_away - 10) - 7 };
    return { ...spot_of([metro], moved, true), ring: false, radius: 0 };
  });
}

// Metros that are nearer to each other than can be told apart stand where the largest of them does.
function clusters(network: Network, plane: Plane, seen: (point: Point) => Point, chosen: string): Spot[] {
  const groups: { at: Point; metros: MapMetro[] }[] = [];
  const first = (metro: MapMetro) => (metro.code === chosen ? -1 : 0);
  for (const metro of [...network.metros].sort((a, b) => first(a) - first(b) || b.devices.length - a.devices.length || (a.code < b.code ? -1 : 1))) {
    const at = seen(plane.place.get(metro.code) ?? { x: 0, y: 0 });
    const group = groups.find((one) => distance(one.at, at) < near);
    if (group) group.metros.push(metro);
    else groups.push({ at, metros: [metro] });
  }
  return groups.map(({ at, metros }) => {
    const room = Math.min(...groups.filter((other) => other.at !== at).map((other) => distance(other.at, at) - near / 2), Infinity);
    const [only] = metros;
    const opens = metros.length === 1 && only !== undefined && (only.devices.length <= 1 || (only.code === chosen && only.devices.length <= most_open) || fan_radius(only.devices.length) < room * 0.6);
    return spot_of(metros, at, opens);
  });
}

// Links between what stands as one spot are not drawn: how they are, and that they changed, is the spot's.
function with_links_within(spots: readonly Spot[], network: Network): Spot[] {
  return spots.map((spot) => {
    if (spot.open) return spot;
    const codes = new Set(spot.metros.map((metro) => metro.code));
    const within = network.links.filter((link) => link.metros.every((code) => codes.has(code)));
    if (within.length === 0) return spot;
    const marks = [spot.mark, ...within.map((link) => link.mark)];
    return { ...spot, mark: worst(marks), changed: spot.changed || within.some((link) => link.changed) };
  });
}

function spot_of(metros: readonly MapMetro[], at: Point, open: boolean): Spot {
  const devices = metros.flatMap((metro) => metro.devices);
  const more = metros.length > 1 ? ` +${metros.length - 1}` : '';
  return {
    ...at,
    id: metros.map((metro) => metro.code).join(' '),
    metros,
    label: `${metros[0]?.code ?? ''}${more}`,
    title: metros.map((metro) => `${metro.code} ${metro.name}`).join(', '),
    mark: worst(devices.map((device) => device.mark)),
    count: devices.length,
    open,
    ring: !open || devices.length > 1,
    changed: devices.some((device) => device.changed),
    radius: open ? fan_radius(devices.length) : 11 + Math.min(7, Math.log2(devices.length + 1)),
  };
}

// A name that would lie over another one's is left out; the larger place keeps its own.
function labelled(spots: readonly Spot[]): Spot[] {
  const taken: { x: number; y: number; width: number }[] = [];
  return spots.map((spot) => {
    const box = { x: spot.x, y: spot.y + spot.radius + 10, width: spot.label.length * 6.6 + 6 };
    const free = taken.every((other) => Math.abs(other.y - box.y) > 13 || Math.abs(other.x - box.x) > (other.width + box.width) / 2);
    if (free) taken.push(box);
    return free ? spot : { ...spot, label: '' };
  });
}

interface Drawn {
  network: Network;
  plane: Plane;
  seen: (point: Point) => Point;
  spots: readonly Spot[];
  ends: ReadonlyMap<string, Point>;
}

// Links between the same two ends lie beside each other, or as one when they are many.
function lines_of(drawn: Drawn): Line[] {
  const spot_of_metro = new Map(drawn.spots.flatMap((spot) => spot.metros.map((metro) => [metro.code, spot] as const)));
  const groups = new Map<string, MapLink[]>();
  for (const link of drawn.network.links) {
    const [a, z] = link.metros.map((code) => spot_of_metro.get(code));
    if (!a || !z || (a === z && !a.open)) continue; // within one spot: its count and mark stand for it
    const key = [end_name(a, link.devices[0]), end_name(z, link.devices[1])].sort().join(' — ');
    const group = groups.get(key);
    if (group) group.push(link);
    else groups.set(key, [link]);
  }
  return [...groups].flatMap(([key, links]) => {
    if (links.length > most_beside) return [line_of(drawn, spot_of_metro, { id: key, links, shift: 0 })];
    return links.map((link, i) => line_of(drawn, spot_of_metro, { id: link.row.pubkey, links: [link], shift: (i - (links.length - 1) / 2) * beside }));
  });
}

const end_name = (spot: Spot, device: string) => (spot.open ? device : spot.id);

function line_of(drawn: Drawn, spots: ReadonlyMap<string, Spot>, { id, links, shift }: { id: string; links: readonly MapLink[]; shift: number }): Line {
  const [first] = links;
  const metros = first?.metros ?? ['', ''];
  const flip = metros[0] > metros[1] ? -1 : 1; // so that two links of the same ends are not drawn over each other
  const pieces = drawn.plane.devices && first ? drawn.plane.way(...first.devices) : drawn.plane.way(...metros);
  const points = pieces.map((piece) => piece.map(drawn.seen));
  const ends = metros.map((code, side) => drawn.ends.get(first?.devices[side] ?? '') ?? spots.get(code) ?? { x: 0, y: 0 });
  const moved = with_ends(points, ends[0] ?? { x: 0, y: 0 }, ends[1] ?? { x: 0, y: 0 }, shift * flip);
  const longest = [...moved].sort((a, b) => b.length - a.length)[0] ?? [];
  return {
    id,
    links,
    path: moved.map((piece) => `M${piece.map((point) => `${round(point.x)} ${round(point.y)}`).join('L')}`).join(''),
    mark: worst(links.map((link) => link.mark)),
    width: Math.max(...links.map((link) => link.width)) + (links.length > most_beside ? 1.5 : 0),
    drained: links.every((link) => link.drained),
    changed: links.some((link) => link.changed),
    middle: longest[Math.floor(longest.length / 2)] ?? { x: 0, y: 0 },
  };
}

// A way is bent so that it begins and ends where its devices are drawn, and lies `shift` px beside itself in the middle.
function with_ends(pieces: readonly Point[][], from: Point, to: Point, shift: number): Point[][] {
  const first = pieces[0]?.[0];
  const last = pieces.at(-1)?.at(-1);
  if (!first || !last) return [[from, to]];
  const lengths = pieces.map((piece) => piece.slice(1).map((point, i) => distance(point, piece[i] ?? point)));
  const whole = lengths.flat().reduce((a, b) => a + b, 0) || 1;
  let gone = 0;
  return pieces.map((piece, p) =>
    piece.map((point, i) => {
      if (i > 0) gone += lengths[p]?.[i - 1] ?? 0;
      const t = gone / whole;
      const [before, after] = [piece[Math.max(0, i - 1)] ?? point, piece[Math.min(piece.length - 1, i + 1)] ?? point];
      const along = distance(before, after) || 1;
      const aside = shift * Math.min(1, Math.sin(Math.PI * t) * 2);
      return {
        x: point.x + (from.x - first.x) * (1 - t) + (to.x - last.x) * t - ((after.y - before.y) / along) * aside,
        y: point.y + (from.y - first.y) * (1 - t) + (to.y - last.y) * t + ((after.x - before.x) / along) * aside,
      };
    }),
  );
}

const sum = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y });
const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
const round = (n: number) => Math.round(n * 10) / 10;
