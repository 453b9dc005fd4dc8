// What the map's address says, and which records its list has.
import { is_seen } from '../../draw/map_seen.ts';
import type { Scene, Size, View } from '../../draw/map_layout.ts';
import { worse_first, type MapRecord, type Network } from '../../draw/map_network.ts';

// "512.3,210.4,3.2": the point in the middle, and the pixels of a unit.
export function view_in(text: string | null): View | undefined {
  const [x, y, k] = (text ?? '').split(',').map(Number);
  if (x === undefined || y === undefined || k === undefined || !(k > 0) || ![x, y, k].every(Number.isFinite)) return undefined;
  return { x, y, k: Math.min(200, Math.max(0.2, k)) };
}

export function view_text(view: View): string {
  return [view.x.toFixed(2), view.y.toFixed(2), view.k.toFixed(3)].join(',');
}

export interface Listed {
  shown: readonly MapRecord[]; // the worst first
  of: number; // as many are there
}

// With a view of a part, only what is seen of it.
export function listed(network: Network, scene: Scene, size: Size, part: boolean): Listed {
  const all: MapRecord[] = [...network.metros.flatMap((metro) => metro.devices), ...network.links];
  const seen = part ? is_seen(scene, size) : undefined;
  const shown = seen ? all.filter((one) => seen.has(one.row.pubkey)) : all;
  const order = (a: MapRecord, b: MapRecord) =>
    worse_first(a.mark, b.mark) || Number(b.changed) - Number(a.changed) || Number(a.row.kind === 'device') - Number(b.row.kind === 'device') || (a.row.code < b.row.code ? -1 : 1);
  return { shown: [...shown].sort(order), of: all.length };
}
