// Which records are within the frame of a scene: devices where they or their spot stand, links with an end or the middle.
import type { Point, Scene, Size } from './map_layout.ts';

export function is_seen(scene: Scene, size: Size): ReadonlySet<string> {
  const within = (point: Point) => point.x >= 0 && point.y >= 0 && point.x <= size.width && point.y <= size.height;
  const seen = new Set<string>();
  const metros = new Set<string>();
  for (const spot of scene.spots) {
    if (!within(spot)) continue;
    for (const metro of spot.metros) {
      metros.add(metro.code);
      if (!spot.open) for (const device of metro.devices) seen.add(device.row.pubkey);
    }
  }
  for (const dot of scene.dots) if (within(dot)) seen.add(dot.device.row.pubkey);
  for (const line of scene.lines) {
    for (const link of line.links) if (within(line.middle) || link.metros.some((code) => metros.has(code))) seen.add(link.row.pubkey);
  }
  for (const link of scene.within) if (link.metros.some((code) => metros.has(code))) seen.add(link.row.pubkey);
  return seen;
}
