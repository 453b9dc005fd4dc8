// Which rows stand where on the start page. Pure: records in, lists out.
import { at } from './time.ts';
import { sides_of, type Incident, type Row } from './types.ts';
import { in_service, is_healthy, is_wanted } from './words.ts';

export interface ServiceRow {
  row: Row;
  depth: 0 | 1; // 1: a link below its device
  far: string | undefined; // of a link: the device at its other end
  last_of: readonly string[]; // devices whose last link in service this is
}

// Records that a person, or what the ledger has of them, keeps out of service.
export interface Held {
  by: string;
  rows: readonly Row[];
}

export interface Counts {
  records: number;
  in_service: number;
  onboarding: number;
  parked: number; // neither in service nor wanted there
  failing: number;
  damped: number;
  maintained: number; // being worked on: what fails of these is not counted above
}

export interface Arrangement {
  board: readonly Row[];
  service: readonly ServiceRow[];
  parked: readonly Row[];
  held: readonly Held[];
  counts: Counts;
}

export const by_code = (a: Row, b: Row) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);

export function arrange(rows: Iterable<Row>): Arrangement {
  const board: Row[] = [];
  const serving: Row[] = [];
  const parked: Row[] = [];
  let failing = 0;
  let damped = 0;
  let maintained = 0;
  for (const row of rows) {
    if (row.maintenance) ++maintained;
    else if (is_damped(row)) ++damped;
    else if (row.condition.state === 'failing') ++failing;
    if (in_service(row.status)) serving.push(row);
    else if (is_wanted(row.desired_status)) board.push(row);
    else parked.push(row);
  }
  board.sort(soonest_first);
  parked.sort(by_code);
  return {
    board,
    service: under_devices(serving),
    parked,
    held: held_by(board),
    counts: {
      records: board.length + serving.length + parked.length,
      in_service: serving.length,
      onboarding: board.length,
      parked: parked.length,
      failing,
      damped,
      maintained,
    },
  };
}

function held_by(rows: readonly Row[]): Held[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const held = row.condition.held_by;
    if (row.condition.state !== 'held' || !held) continue;
    const by = held.what === 'drain' ? `drained by ${held.role ?? held.signer ?? 'somebody'}` : 'by what the ledger has of it';
    groups.set(by, [...(groups.get(by) ?? []), row]);
  }
  return [...groups].map(([by, held]) => ({ by, rows: held }));
}

// By time to healthy; then those that wait for somebody, by code.
export function soonest_first(a: Row, b: Row): number {
  const one = at(a.healthy_at);
  const other = at(b.healthy_at);
  if (Number.isNaN(one) !== Number.isNaN(other)) return Number.isNaN(one) ? 1 : -1;
  return (Number.isNaN(one) ? 0 : one - other) || by_code(a, b);
}

// A device, then its links; a link stands once, below its side A if that is in service. What fails comes first: a device
// is as bad as the worst of its links.
function under_devices(serving: readonly Row[]): ServiceRow[] {
  const devices = serving.filter((row) => row.kind === 'device').sort(by_code);
  const links = serving.filter((row) => row.kind === 'link').sort(by_code);
  const there = new Set(devices.map((row) => row.code));
  const last_of = last_links(links);
  const below = new Map<string, ServiceRow[]>();
  const loose: ServiceRow[] = [];
  for (const row of links) {
    const [a, z] = [row.side_a?.device ?? undefined, row.side_z?.device ?? undefined];
    const home = [a, z].find((code) => code !== undefined && there.has(code));
    const entry: ServiceRow = { row, depth: home ? 1 : 0, far: home === a ? z : a, last_of: last_of.get(row.pubkey) ?? [] };
    if (!home) loose.push(entry);
    else below.set(home, [...(below.get(home) ?? []), entry]);
  }
  const groups = devices.map((row): ServiceRow[] => [
    { row, depth: 0, far: undefined, last_of: [] },
    ...(below.get(row.code) ?? []),
  ]);
  groups.push(...loose.map((entry) => [entry]));
  return groups
    .map((group) => ({ group, bad: Math.max(...group.map(({ row }) => badness(row))) }))
    .sort((a, b) => b.bad - a.bad)
    .flatMap(({ group }) => group);
}

function badness(row: Row): number {
  if (row.maintenance) return 0;
  if (is_damped(row)) return 1;
  if (row.health === 'impaired' || row.condition.state === 'failing') return 2;
  return 0;
}

// In service, failing, and not impaired yet: a few minutes decide.
export function is_damped(row: Pick<Row, 'damped_failure' | 'status' | 'health'>): boolean {
  return row.damped_failure && in_service(row.status) && is_healthy(row.health);
}

// By link: the devices that have no other link in service.
function last_links(links: readonly Row[]): Map<string, string[]> {
  const of_device = new Map<string, Row[]>();
  for (const row of links) {
    for (const side of sides_of(row)) {
      if (side.device) of_device.set(side.device, [...(of_device.get(side.device) ?? []), row]);
    }
  }
  const last = new Map<string, string[]>();
  for (const [device, all] of of_device) {
    const [only] = all;
    if (only && all.length === 1) last.set(only.pubkey, [...(last.get(only.pubkey) ?? []), device]);
  }
  return last;
}

// Every record that suffers from it is being worked on: nobody need look at it.
export function is_worked_on(incident: Incident, rows: ReadonlyMap<string, Row>): boolean {
  const { records, count } = incident;
  return records.length > 0 && records.length === count && records.every((record) => rows.get(record.pubkey ?? '')?.maintenance);
}

// What a person typed into the search: every word is somewhere in the record's names or states.
export function finds(row: Row, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const sides = sides_of(row).flatMap((side) => [side.device, side.metro, side.contributor, side.interface]);
  const text = [row.code, row.pubkey, row.kind, row.status, row.health, row.contributor, row.metro, row.maintenance ? 'maintenance' : '', ...sides]
    .filter(Boolean)
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
