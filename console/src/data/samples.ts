// Test support: records as a monitor answers them.
import type { Finding, Row, Status } from './types.ts';

const collecting = { state: 'collecting', since: null, returns_at: null, criterion: null, held_by: null, needs: null } as const;

export function a_row(members: Partial<Row> = {}): Row {
  const code = members.code ?? 'ams-dz001:lon-dz001';
  return {
    kind: 'link',
    code,
    pubkey: `key of ${code}`,
    status: 'hard-drained',
    desired_status: 'activated',
    health: 'pending',
    next_health: 'pending',
    reason: 'pending-evidence',
    sentence: 'held by link.a.errors',
    to_do: '',
    healthy_at: null,
    hold_until: null,
    evidence: 'not met',
    record: 'met',
    damped_failure: false,
    window_minutes: 1440,
    at: '2026-12-01T20:41:00Z',
    condition: collecting,
    cause: null,
    maintenance: null,
    contributor: 'alder',
    ...members,
  };
}

export function in_service(members: Partial<Row> = {}): Row {
  const good = { state: 'good', since: null, returns_at: null, criterion: null, held_by: null, needs: null } as const;
  return a_row({ status: 'activated', health: 'healthy', next_health: 'healthy', evidence: 'met', condition: good, ...members });
}

export function a_link(a: string, z: string, members: Partial<Row> = {}): Row {
  const side = (device: string) => ({ device, interface: 'Switch1/1/1', metro: device.slice(0, 3), contributor: 'alder' });
  return in_service({ code: `${a}:${z}`, contributor: 'alder', side_a: side(a), side_z: side(z), ...members });
}

export function a_device(code: string, members: Partial<Row> = {}): Row {
  return in_service({ kind: 'device', code, contributor: 'alder', metro: code.slice(0, 3), ...members });
}

export function a_finding(members: { id: string; gates?: boolean; last_bad?: string; last_unobserved?: string; strip?: string }): Finding {
  const { id, gates = true, last_bad, last_unobserved, strip } = members;
  return {
    id,
    kind: 'evidence',
    mode: gates ? 'enforce' : 'shadow',
    judgement: last_bad ? 'not met' : 'met',
    gates,
    detail: '',
    to_do: '',
    earliest: null,
    ...(strip === undefined ? {} : { strip }),
    minutes: {
      from: '2026-11-30T20:40:00Z',
      to: '2026-12-01T20:40:00Z',
      good: 1440,
      bad: last_bad ? 1 : 0,
      unobserved: last_unobserved ? 1 : 0,
      first_bad: null,
      last_bad: last_bad ? { at: last_bad, counters: '' } : null,
      first_unobserved: null,
      last_unobserved: last_unobserved ?? null,
      derived: false,
      parent_port: false,
      rise: null,
    },
  };
}

// A monitor that writes without a limit, and an activator that has nothing to do.
export function a_status(members: Partial<Status> = {}): Status {
  const budget = { writes_a_minute: null, left_in_minute: null, records_an_hour: null, left_in_hour: null, deferred: 0, deferred_since: null, opens_at: null, reason: null };
  return {
    at: '2026-12-01T20:41:00Z',
    version: '1.0.0 (abc)',
    started_at: '2026-12-01T08:00:00Z',
    clock_problem: null,
    ledger: { read_at: '2026-12-01T20:40:50Z', age_seconds: 10, slot: 7, block_age_seconds: 1, trouble: null, environment: null, genesis: null, profile: 'rfc', links: 1, devices: 2, unreadable_accounts: 0 },
    writing: { mode: 'write', may_write: true, why_not: null, key: 'K', writer_silent_seconds: null, budget },
    activator: { acted_at: null, due_count: 0, due_since: null, due: [] },
    sources: [],
    work: [],
    pushed: { requests: 0, rows: 0, unauthorised: 0, lines_unreadable: 0, devices_unknown: 0, tokens: 0 },
    webhooks: [],
    judges: { k: 1, n: 1, key: null, peers: [], waiting_count: 0, waiting: [] },
    policy: { digest: 'p', differences: [] },
    settings: [],
    store: { path: ':memory:', bytes: null, log_bytes: null, problem: null, damage: [], devices: 2, interfaces: 4, directions: 2 },
    ...members,
  };
}
