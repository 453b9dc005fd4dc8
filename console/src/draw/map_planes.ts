// The two planes that a network is laid on: the world, and a circle where every device has a place of its own.
import type { Plane, Point } from './map_layout.ts';
import type { MapMetro, Network } from './map_network.ts';
import { great_circle, on_world } from './map_world.ts';

export function world_plane(network: Network): Plane {
  const by_code = new Map(network.metros.map((metro) => [metro.code, metro]));
  const ways = new Map<string, Point[][]>();
  return {
    place: new Map(network.metros.map((metro) => [metro.code, on_world(metro.lng, metro.lat)])),
    way: (from, to) => {
      const key = `${from} ${to}`;
      const known = ways.get(key);
      if (known) return known;
      const [a, z] = [by_code.get(from), by_code.get(to)];
      const way = a && z && a !== z ? great_circle([a.lng, a.lat], [z.lng, z.lat]) : [];
      ways.set(key, way);
      return way;
    },
  };
}

const centre = { x: 500, y: 500 };
const most_alone = 1_500; // devices with a place of their own; beyond that metros stand for them
const gap = 1.6; // between metros, in devices

// From the west to the east around a circle, which begins at the left; a metro's devices stand side by side by code.
export function circle_plane(network: Network): Plane {
  const metros = [...network.metros].sort((a, b) => a.lng - b.lng || b.lat - a.lat || (a.code < b.code ? -1 : 1));
  const alone = network.metros.reduce((sum, metro) => sum + metro.devices.length, 0) <= most_alone;
  const room = (metro: MapMetro) => (alone ? Math.max(1, metro.devices.length) + gap : 1);
  const whole = metros.reduce((total, metro) => total + room(metro), 0) || 1;
  const radius = Math.max(220, whole * 3.2);
  const on_circle = (place: number): Point => {
    const angle = Math.PI + (2 * Math.PI * place) / whole;
    return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
  };
  const place = new Map<string, Point>();
  const devices = new Map<string, Point>();
  let at = 0;
  for (const metro of metros) {
    place.set(metro.code, on_circle(at + room(metro) / 2));
    if (alone) metro.devices.forEach((device, i) => devices.set(device.row.code, on_circle(at + gap / 2 + i + 0.5)));
    at += room(metro);
  }
  const ends = alone ? devices : place;
  const way = (from: string, to: string) => [chord(ends.get(from), ends.get(to), radius)];
  if (!alone) return { place, way };
  return { place, devices, centre, apart: (2 * Math.PI * radius) / whole, way };
}

// Bent towards the centre, the more the farther apart its ends are: neighbours stay at the rim.
function chord(from: Point | undefined, to: Point | undefined, radius: number): Point[] {
  if (!from || !to) return [];
  const steps = 16;
  const pull = Math.min(0.75, 0.06 + Math.hypot(from.x - to.x, from.y - to.y) / radius / 2);
  const bend = (axis: 'x' | 'y') => ((from[axis] + to[axis]) / 2) * (1 - pull) + centre[axis] * pull;
  const on_curve = (axis: 'x' | 'y', t: number) => (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * bend(axis) + t ** 2 * to[axis];
  return Array.from({ length: steps + 1 }, (_, i) => ({ x: on_curve('x', i / steps), y: on_curve('y', i / steps) }));
}
