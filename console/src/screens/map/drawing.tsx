// A scene as SVG. The list beside it says the same in words and moves by keys: to a reader of the page this is one picture.
import { memo } from 'preact/compat';

import type { Dot, Line, Scene, Size, Spot, View } from '../../draw/map_layout.ts';
import { land_path } from '../../draw/map_world.ts';
import { mark_colours, mark_words, Shape, type MarkKind } from '../../ui/marks.tsx';

export interface DrawingProps {
  scene: Scene;
  view: View;
  size: Size;
  land: boolean;
  chosen: string; // code of a record or metro
  hovered: string;
  on_hover: (code: string) => void;
  on_record: (code: string) => void;
  on_spot: (metros: readonly string[]) => void;
}

export function Drawing(props: DrawingProps) {
  const { scene, view, size } = props;
  const pointed = (code: string) => code === props.chosen || code === props.hovered;
  const shift = `translate(${size.width / 2 - view.x * view.k} ${size.height / 2 - view.y * view.k}) scale(${view.k})`;
  const devices = scene.spots.reduce((sum, spot) => sum + spot.count, 0);
  const links = scene.lines.reduce((sum, line) => sum + line.links.length, 0) + scene.within.length;
  const some_chosen = scene.lines.some((line) => line.links.some((link) => pointed(link.row.code)));
  return (
    <svg class="map" width={size.width} height={size.height} role="img" aria-label={`${devices} devices and ${links} links at ${scene.spots.reduce((sum, spot) => sum + spot.metros.length, 0)} metros; the list says how each is`}>
      {props.land && <g transform={shift}><Land /></g>}
      <g class={some_chosen ? 'lines some' : 'lines'}>
        {[...scene.lines].sort(good_first).map((line) => <LinkLine key={line.id} line={line} pointed={line.links.some((link) => pointed(link.row.code))} {...props} />)}
      </g>
      {scene.spots.map((spot) => <SpotMark key={spot.id} spot={spot} pointed={spot.metros.some((metro) => pointed(metro.code) || (!spot.open && metro.devices.some((device) => pointed(device.row.code))))} {...props} />)}
      {[...scene.dots].sort((a, b) => Number(a.device.mark !== 'good') - Number(b.device.mark !== 'good')).map((dot) => <DotMark key={dot.device.row.pubkey} dot={dot} pointed={pointed(dot.device.row.code)} {...props} />)}
    </svg>
  );
}

// What is bad lies above what is good.
const good_first = (a: Line, b: Line) => Number(a.mark !== 'good') - Number(b.mark !== 'good');

const Land = memo(() => <path class="land" d={land_path()} />);

function MapMark({ kind, x, y, size = 14 }: { kind: MarkKind; x: number; y: number; size?: number }) {
  return (
    <g class={`map-mark ${mark_colours[kind]}`} transform={`translate(${x - size / 2} ${y - size / 2}) scale(${size / 14})`}>
      <circle class="behind" cx="7" cy="7" r="8" />
      <Shape kind={kind} />
    </g>
  );
}

function LinkLine({ line, pointed, scene, on_hover, on_record }: { line: Line; pointed: boolean } & DrawingProps) {
  const codes = line.links.map((link) => link.row.code);
  const first = line.links.find((link) => link.mark === line.mark) ?? line.links[0];
  const words = line.links.length === 1 ? `${codes[0] ?? ''}: ${mark_words[line.mark]}${line.drained ? ', drained' : ''}` : `${line.links.length} links, the worst ${mark_words[line.mark]}: ${codes.slice(0, 12).join(', ')}`;
  const name = ['line', mark_colours[line.mark], line.drained && 'drained', line.changed && 'changed', pointed && 'pointed'].filter(Boolean).join(' ');
  const width = line.width * scene.scale;
  return (
    <g class={name} data-links={codes.join(' ')} onMouseEnter={() => on_hover(first?.row.code ?? '')} onMouseLeave={() => on_hover('')} onClick={() => on_record(first?.row.code ?? '')}>
      <title>{words}</title>
      {line.changed && <path class="pulse" d={line.path} stroke-width={width + 6 * scene.scale} />}
      <path class="shown" d={line.path} stroke-width={width + (pointed ? 1.5 : 0)} />
      <path class="reach" d={line.path} />
      {line.links.length > 1 && <text class="line-count" x={line.middle.x} y={line.middle.y - 9}>{line.links.length}</text>}
      {line.mark !== 'good' && <MapMark kind={line.mark} x={line.middle.x} y={line.middle.y} size={Math.max(9, 12 * scene.scale)} />}
    </g>
  );
}

function SpotMark({ spot, pointed, on_spot }: { spot: Spot; pointed: boolean } & DrawingProps) {
  const name = ['spot', mark_colours[spot.mark], spot.open && 'open', spot.changed && 'changed', pointed && 'pointed'].filter(Boolean).join(' ');
  return (
    <g class={name} data-metros={spot.id} onClick={() => on_spot(spot.metros.map((metro) => metro.code))}>
      <title>{`${spot.title}: ${spot.count} devices${spot.count > 0 ? `, the worst ${mark_words[spot.mark]}` : ''}`}</title>
      {!spot.open && spot.changed && <circle class="pulse" cx={spot.x} cy={spot.y} r={spot.radius + 4} />}
      {spot.ring && <circle class="ground" cx={spot.x} cy={spot.y} r={spot.radius} />}
      {!spot.open && <text class="count" x={spot.x} y={spot.y}>{spot.count}</text>}
      {!spot.open && spot.mark !== 'good' && <MapMark kind={spot.mark} x={spot.x + spot.radius * 0.75} y={spot.y - spot.radius * 0.75} size={13} />}
      {spot.label && <text class="label" x={spot.x} y={spot.y + spot.radius + 11}>{spot.label}</text>}
    </g>
  );
}

function DotMark({ dot, pointed, scene, on_hover, on_record }: { dot: Dot; pointed: boolean } & DrawingProps) {
  const { row, mark, changed } = dot.device;
  const name = ['dot', mark_colours[mark], changed && 'changed', pointed && 'pointed'].filter(Boolean).join(' ');
  return (
    <g class={name} data-device={row.code} onMouseEnter={() => on_hover(row.code)} onMouseLeave={() => on_hover('')} onClick={() => on_record(row.code)}>
      <title>{`${row.code}: ${mark_words[mark]}`}</title>
      {changed && <circle class="pulse" cx={dot.x} cy={dot.y} r={Math.max(7, 10 * scene.scale)} />}
      {pointed && <circle class="around" cx={dot.x} cy={dot.y} r="10" />}
      <MapMark kind={mark} x={dot.x} y={dot.y} size={Math.max(mark === 'good' ? 5 : 10, 13 * scene.scale)} />
    </g>
  );
}
