// Where the network stands: its metros on the world or as a graph, its links by state, and beside them the same as a list.
import './map/map.css';

import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';

import { use_keys } from '../app/keyboard.ts';
import { use_past } from '../app/past.tsx';
import { go, href_of, remember } from '../app/router.ts';
import { finds } from '../data/arrange.ts';
import { ask, Failure } from '../data/api.ts';
import { use_decisions } from '../data/decisions.ts';
import { at } from '../data/time.ts';
import type { Metro, MetroList, Row } from '../data/types.ts';
import { use_now, use_store } from '../data/use.ts';
import { scene_of, view_of, zoomed, type Point, type View } from '../draw/map_layout.ts';
import { as_it_was, network_of } from '../draw/map_network.ts';
import { circle_plane, world_plane } from '../draw/map_planes.ts';
import { Drawing } from './map/drawing.tsx';
import { MapLegend, MapList } from './map/list.tsx';
import { listed, view_in, view_text } from './map/view.ts';
import { use_moves, use_size } from './map/moves.ts';
import type { ScreenProps } from './index.ts';

const hour = 3_600_000;
const minute = 60_000;

// Where devices stand changes rarely.
function use_metros(): { metros: readonly Metro[] | undefined; problem: string } {
  const [answer, set_answer] = useState<{ metros: readonly Metro[] | undefined; problem: string }>({ metros: undefined, problem: '' });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      try {
        const { metros } = await ask<MetroList>('api/v1/metros');
        if (!stopped) set_answer({ metros, problem: '' });
      } catch (error) {
        if (!stopped) set_answer((was) => ({ ...was, problem: error instanceof Failure ? error.message : String(error) }));
      }
      if (!stopped) timer = setTimeout(() => void look(), minute);
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);
  return answer;
}

function use_network(query: string) {
  const store = use_store();
  const { metros, problem } = use_metros();
  const now = Math.floor(use_now() / minute) * minute;
  const { decisions } = use_decisions({}, now - hour);
  const { version } = store;
  const network = useMemo(() => {
    const decided = new Map<string, number>();
    for (const decision of decisions) if (!decided.has(decision.pubkey)) decided.set(decision.pubkey, at(decision.at));
    const rows: Row[] = [...store.rows.values()].filter((row) => finds(row, query));
    return network_of(rows, metros ?? [], decided, now);
  }, [version, metros, decisions, query, now]);
  return { network, known: metros !== undefined, problem: problem || store.problem };
}

export function NetworkMap({ params }: ScreenProps) {
  const past = use_past();
  const { network: of_now, known, problem } = use_network(params.get('q') ?? '');
  const network = useMemo(() => (past ? as_it_was(of_now, past.records, past.time) : of_now), [of_now, past?.records, past?.time]);
  const graph = params.get('as') === 'graph';
  const chosen = params.get('at') ?? '';
  const [frame, set_frame] = useState<HTMLElement | null>(null);
  const size = use_size(frame);
  const [hovered, set_hovered] = useState('');
  const plane = useMemo(() => (graph ? circle_plane(network) : world_plane(network)), [graph, network]);
  const home = useMemo(() => view_of([...plane.place.values()], size), [plane, size]);
  const view = view_in(params.get('view')) ?? home;
  const scene = useMemo(() => scene_of(network, plane, view, size, chosen), [network, plane, view.x, view.y, view.k, size, chosen]);
  const rows = useMemo(() => listed(network, scene, size, params.has('view')), [network, scene, size, params.has('view')]);

  const show = useCallback((next: View | undefined) => remember({ view: next ? view_text(next) : '' }), []);
  const zoom = (factor: number, about: Point = { x: size.width / 2, y: size.height / 2 }) => show(zoomed(view, factor, about, size));
  const pan = (dx: number, dy: number) => show({ ...view, x: view.x - dx / view.k, y: view.y - dy / view.k });
  const choose = useCallback((code: string) => remember({ at: code }), []);
  const index = rows.shown.findIndex((one) => one.row.code === chosen);
  const step = (by: number) => {
    const next = rows.shown[Math.min(rows.shown.length - 1, Math.max(0, index + by))];
    if (next) choose(next.row.code);
  };
  const turn = () => remember({ as: graph ? '' : 'graph', view: '' });
  use_moves(frame, { zoom, pan });
  use_keys({
    '+': () => zoom(1.5),
    '=': () => zoom(1.5),
    '-': () => zoom(1 / 1.5),
    '0': () => show(undefined),
    ArrowLeft: () => pan(60, 0),
    ArrowRight: () => pan(-60, 0),
    ArrowUp: () => pan(0, 60),
    ArrowDown: () => pan(0, -60),
    v: turn,
    j: () => step(1),
    k: () => step(-1),
    Enter: () => {
      const row = rows.shown[index]?.row;
      if (row) go(`r/${row.code}`);
    },
  });

  // A place of several metros is looked at from nearer; one that is alone shows its devices.
  const open_spot = (codes: readonly string[]) => {
    const [only] = codes;
    if (codes.length === 1 && only !== undefined) {
      choose(chosen === only ? '' : only);
      return;
    }
    const within = view_of(codes.flatMap((code) => plane.place.get(code) ?? []), size, 120);
    show(within.k > view.k ? within : { ...within, k: view.k * 2 });
  };
  const empty = network.metros.length === 0;

  return (
    <div class="map-page">
      <h1 class="unseen">Map</h1>
      <section class="map-frame" aria-label={graph ? 'graph' : 'map'}>
        <div class="map-tools">
          <span class="segments" role="group" aria-label="shown as">
            <button type="button" aria-pressed={!graph} onClick={() => graph && turn()}>Map</button>
            <button type="button" aria-pressed={graph} onClick={() => graph || turn()}>Graph</button>
          </span>
          <span class="segments" role="group" aria-label="zoom">
            <button type="button" aria-label="nearer" title="nearer (+)" onClick={() => zoom(1.5)}>+</button>
            <button type="button" aria-label="farther" title="farther (-)" onClick={() => zoom(1 / 1.5)}>−</button>
            <button type="button" title="all of it (0)" onClick={() => show(undefined)}>all</button>
          </span>
        </div>
        <div class="map-surface" ref={set_frame}>
          {size.width > 0 && !empty && (
            <Drawing scene={scene} view={view} size={size} land={!graph} chosen={chosen} hovered={hovered} on_hover={set_hovered} on_record={choose} on_spot={open_spot} />
          )}
          {empty && <p class="empty">{problem ? `Not read yet: ${problem}` : known ? 'Nothing here has a place on the ledger.' : 'Being read'}</p>}
        </div>
        <MapLegend />
      </section>
      <MapList rows={rows} nowhere={network.nowhere} chosen={chosen} hovered={hovered} on_hover={set_hovered} on_choose={choose} on_all={() => show(undefined)} />
      {past && <p class="quiet map-nowhere">The colours are of the health at that time; drains, damped failures and recoveries are not known of it. Places and links are those of now.</p>}
      {network.nowhere.length > 0 && (
        <p class="quiet map-nowhere">
          Not on the map, for the ledger has no place of theirs:{' '}
          {network.nowhere.slice(0, 20).map((row) => <a key={row.pubkey} href={href_of(`r/${row.code}`)}>{row.code} </a>)}
          {network.nowhere.length > 20 && `and ${network.nowhere.length - 20} more`}
        </p>
      )}
    </div>
  );
}
