// Where things stand on the world: the outline of the land and a place's coordinates, on one plane of 1,000 by 520.
import { geoInterpolate, geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import land from 'world-atlas/land-110m.json';

import type { Point } from './map_layout.ts';

type Topology = Parameters<typeof feature>[0];

export const world_size = { width: 1000, height: 520 };

const projection = geoNaturalEarth1().fitSize([world_size.width, world_size.height], { type: 'Sphere' });
let outline: string | undefined;

export function land_path(): string {
  const topology = land as unknown as Topology;
  const shape = topology.objects['land'];
  outline ??= (shape && geoPath(projection, undefined).digits(1)(feature(topology, shape))) ?? '';
  return outline;
}

export function on_world(lng: number, lat: number): Point {
  const [x, y] = projection([lng, lat]) ?? [0, 0];
  return { x, y };
}

// The shortest way between two places, in pieces where it goes over the edge of the plane.
export function great_circle(from: readonly [number, number], to: readonly [number, number]): Point[][] {
  const pieces: Point[][] = [];
  const into = {
    moveTo: (x: number, y: number) => pieces.push([{ x, y }]),
    lineTo: (x: number, y: number) => pieces.at(-1)?.push({ x, y }),
    beginPath: () => undefined,
    closePath: () => undefined,
    arc: () => undefined,
  };
  const between = geoInterpolate([...from], [...to]);
  const steps = 24;
  const coordinates = Array.from({ length: steps + 1 }, (_, i) => between(i / steps));
  geoPath(projection, into)({ type: 'LineString', coordinates });
  return pieces;
}
