// A network of 300 devices in 30 metros, in the form of the API's answers: for the tests of the map, the decisions and the
// past. The same for the same time; nothing in it is by chance.
const places = [
  ['xams', 'Amsterdam', 52.3, 4.94], ['xfra', 'Frankfurt', 50.12, 8.64], ['xlon', 'London', 51.51, -0.12], ['xpar', 'Paris', 48.86, 2.35],
  ['xdub', 'Dublin', 53.35, -6.26], ['xmad', 'Madrid', 40.42, -3.7], ['xmil', 'Milan', 45.46, 9.19], ['xzrh', 'Zurich', 47.37, 8.54],
  ['xvie', 'Vienna', 48.21, 16.37], ['xprg', 'Prague', 50.06, 14.48], ['xwaw', 'Warsaw', 52.23, 21.01], ['xsto', 'Stockholm', 59.33, 18.07],
  ['xhel', 'Helsinki', 60.17, 24.94], ['xist', 'Istanbul', 41.01, 28.98], ['xtlv', 'Tel Aviv', 32.09, 34.78], ['xdxb', 'Dubai', 25.2, 55.27],
  ['xbom', 'Mumbai', 19.08, 72.88], ['xsin', 'Singapore', 1.28, 103.85], ['xhkg', 'Hong Kong', 22.32, 114.17], ['xtyo', 'Tokyo', 35.67, 139.77],
  ['xsel', 'Seoul', 37.57, 126.98], ['xsyd', 'Sydney', -33.87, 151.21], ['xjnb', 'Johannesburg', -26.2, 28.05], ['xgru', 'São Paulo', -23.55, -46.63],
  ['xmia', 'Miami', 25.76, -80.19], ['xnyc', 'New York', 40.78, -74.07], ['xiad', 'Washington', 38.95, -77.45], ['xchi', 'Chicago', 41.88, -87.63],
  ['xdfw', 'Dallas', 32.78, -96.8], ['xlax', 'Los Angeles', 34.05, -118.26],
];
const contributors = ['alder', 'birch', 'cedar', 'dogwood', 'elm'];
const minute = 60_000;

const policy = `window = "24h"
recovery_window = "24h"
max_staleness = "10m"
max_hold = "1h"

[allowed]
bad = 0
unobserved = 15

[damping]
short = { bad = 3, of = 5 }
long = { bad = 10, of = 60 }

[[criterion]]
id = "link.a.errors"  # no error counter of interface A rose
subject = "side-a"
mode = "enforce"
`;

export function network_world(now) {
  const time = (ms) => new Date(now + ms).toISOString().replace(/\.\d+Z/, 'Z');
  const key = (text) => text.replace(/[^a-z0-9]/gi, '').padEnd(44, '1');
  const metros = places.map(([code, name, lat, lng]) => ({ pubkey: key(code), code, name, kind: 'exchange', lat, lng }));
  const condition = { state: 'good', since: time(-90 * 24 * 60 * minute), returns_at: null, criterion: null, held_by: null, needs: null };
  const base = {
    status: 'activated', desired_status: 'activated', health: 'healthy', next_health: 'healthy', reason: 'all-met', sentence: 'every criterion is met',
    to_do: 'nothing', notes: [], healthy_at: null, hold_until: null, evidence: 'met', record: 'met', damped_failure: false, window_minutes: 1440,
    at: time(0), cause: null, maintenance: null,
  };
  // What becomes of every so manieth record.
  const told = (i) => {
    if (i % 41 === 7) return { health: 'impaired', sentence: 'impaired by link.a.errors: 3 minutes with in-errors, last 17:35', condition: { ...condition, state: 'failing', since: time(-25 * minute) } };
    if (i % 37 === 5) return { damped_failure: true, sentence: 'failing for one minute, not impaired yet', condition: { ...condition, state: 'failing', since: time(-1 * minute) } };
    if (i % 31 === 3) return { status: 'hard-drained', health: 'pending', sentence: 'held by link.a.data: clean since 12:00', healthy_at: time(300 * minute), condition: { ...condition, state: 'recovering', since: time(-400 * minute), returns_at: time(300 * minute) } };
    if (i % 29 === 11) return { status: 'hard-drained', health: 'pending', sentence: 'drained by its contributor', condition: { ...condition, state: 'held', held_by: { what: 'drain', role: 'contributor', signer: null } } };
    return { condition };
  };
  const devices = [];
  places.forEach(([metro], m) => {
    const many = [24, 20, 22, 14, 6, 5, 8, 10, 6, 6, 5, 7, 4, 5, 3, 6, 7, 14, 12, 16, 5, 6, 2, 7, 9, 26, 15, 10, 8, 12][m];
    for (let i = 0; i < many; ++i) {
      const code = `${metro.slice(1)}-dz${String(i + 1).padStart(3, '0')}`;
      devices.push({ ...base, kind: 'device', code, pubkey: key(code), contributor: contributors[i % 5], metro, location: metro.slice(1), device_type: 'hybrid', ...told(devices.length) });
    }
  });
  const of_metro = (code) => devices.filter((device) => device.metro === code);
  const links = [];
  const link = (a, z, type, gigabits) => {
    const code = `${a.code}:${z.code}`;
    if (links.some((one) => one.code === code)) return;
    const side = (device, n) => ({ device: device.code, interface: `Switch1/${n}/1`, metro: device.metro, contributor: device.contributor });
    links.push({
      ...base, kind: 'link', code, pubkey: key(`L${code}`), contributor: a.contributor, metros: [a.metro, z.metro], link_type: type,
      bandwidth_bps: gigabits * 1e9, side_a: side(a, links.length % 8), side_z: side(z, links.length % 6), ...told(links.length + 13),
    });
  };
  places.forEach(([metro], m) => {
    const here = of_metro(metro);
    here.slice(1).forEach((device, i) => link(here[i], device, 'DZX', 100));
    [1, 2, 5].forEach((far, n) => {
      const there = of_metro(places[(m + far) % places.length][0]);
      link(here[n % here.length], there[(n + 1) % there.length], 'WAN', [10, 100, 1][n]);
    });
  });
  const first = (metro, i) => of_metro(metro)[i];
  for (let i = 0; i < 3; ++i) link(first('xnyc', i), first('xlon', i), 'WAN', 100);
  for (let i = 0; i < 7; ++i) link(first('xams', i), first('xfra', 19 - i), 'WAN', 10);
  link(first('xtyo', 0), first('xlax', 0), 'WAN', 100);
  link(first('xsyd', 0), first('xlax', 1), 'WAN', 10);
  const nowhere = { ...base, kind: 'device', code: 'new-dz001', pubkey: key('new-dz001'), contributor: 'elm', metro: null, location: null, status: 'hard-drained', health: 'pending', condition: { ...condition, state: 'needs-action' } };
  const assessments = [...devices, ...links, nowhere].sort((a, b) => (a.code < b.code ? -1 : 1));
  return { now, metros, assessments, decisions: decisions_of(assessments, time), policy, time };
}

// Two days of decisions, the newest first: what is impaired or pending now became so, and others went there and back.
function decisions_of(assessments, time) {
  const decisions = [];
  const add = (row, ago, from, to) => {
    const judged = to === 'healthy' ? 'met' : 'not met';
    const failing = row.kind === 'link' ? 'link.a.errors' : 'device.link_up';
    decisions.push({
      ago, at: time(-ago * minute), slot: 1_000_000 - ago * 150, kind: row.kind, pubkey: row.pubkey, code: row.code, from, to,
      reason: to === 'healthy' ? 'all-met' : 'damped-failure', sentence: to === 'healthy' ? 'every criterion is met' : `${to} by ${failing}: 3 minutes with in-errors`,
      signature: `${row.pubkey.slice(0, 20)}${ago}`.padEnd(88, 'x'), policy: 'p'.repeat(64), statement: null, checkpoint: null, opinions: null,
      findings: [
        { id: failing, kind: 'evidence', mode: 'enforce', judgement: judged, gates: true, detail: judged === 'met' ? '1440 good minutes' : '3 minutes with in-errors', to_do: '', earliest: null, source: 'counters', watermark: time(-(ago + 2) * minute), stale: ago % 3 === 0,
          minutes: { from: time(-(ago + 1440) * minute), to: time(-ago * minute), good: 1437, bad: 3, unobserved: 0, first_bad: null, last_bad: judged === 'met' ? null : { at: time(-(ago + 1) * minute) }, first_unobserved: null, last_unobserved: null, derived: false, parent_port: false } },
        { id: 'link.drained', kind: 'record', mode: 'enforce', judgement: 'not applicable', gates: false, detail: 'not asked in service', to_do: '', earliest: null },
      ],
    });
  };
  assessments.forEach((row, i) => {
    if (row.health === 'impaired') add(row, 20 + (i % 30), 'healthy', 'impaired');
    else if (row.health === 'healthy' && i % 6 === 0) {
      add(row, 90 + (i % 700), 'impaired', 'healthy');
      add(row, 90 + (i % 700) + 200, 'healthy', 'impaired');
    } else if (row.health === 'healthy' && i % 6 === 1) add(row, 60 + ((i * 7) % 2800), 'pending', 'healthy');
  });
  decisions.sort((a, b) => a.ago - b.ago || (a.pubkey < b.pubkey ? -1 : 1));
  return decisions.map(({ ago: _, ...one }, i) => ({ id: decisions.length - i, ...one }));
}
