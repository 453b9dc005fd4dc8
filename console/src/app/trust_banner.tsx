// The first thing on every screen: can it be trusted?
import { trust_of, type Trust, type TrustLevel } from '../data/trust.ts';
import { use_now, use_store } from '../data/use.ts';
import { href_of } from './router.ts';

export function use_trust(): Trust {
  const store = use_store();
  const now = use_now();
  return trust_of(store.contact, now);
}

export function TrustBanner({ trust }: { trust: Trust }) {
  return (
    <section class={`trust is-${trust.level}`} aria-label="Can this page be trusted?">
      <div class="says">
        <TrustMark level={trust.level} />
        <strong>
          <a href={href_of('sources')}>{trust.sentence}</a>
        </strong>
      </div>
      {trust.reasons.length > 0 && (
        <ul class="why">
          {trust.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <dl>
        {trust.cells.map((cell) => (
          <div key={cell.name} title={`${cell.name}: ${cell.value} ${cell.about}`}>
            <dt>{cell.name}</dt>
            <dd class={cell.level === 'good' ? '' : cell.level === 'old' ? 'bad' : 'amber'}>{cell.value}</dd>
          </div>
        ))}
      </dl>
      <span class="unseen" role="status">
        {trust.level === 'old' ? trust.sentence : ''}
      </span>
    </section>
  );
}

function TrustMark({ level }: { level: TrustLevel }) {
  const words = { good: 'to be trusted', watch: 'look at the reservations', old: 'not to be relied on' }[level];
  const colour = { good: 'good', watch: 'amber', old: 'bad' }[level];
  return (
    <svg class={colour} width="16" height="16" viewBox="0 0 16 16" role="img" aria-label={words}>
      {level === 'good' && (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="m4.6 8.3 2.3 2.3 4.5-4.9" fill="none" stroke="var(--panel)" stroke-width="1.8" />
        </>
      )}
      {level === 'watch' && (
        <>
          <path d="M8 1.2 15.2 14.4H.8Z" fill="currentColor" />
          <path d="M8 6v4M8 11.3v1.6" stroke="var(--panel)" stroke-width="1.7" />
        </>
      )}
      {level === 'old' && (
        <>
          <path d="M8 .8 15.2 8 8 15.2.8 8Z" fill="currentColor" />
          <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" stroke="var(--panel)" stroke-width="1.8" />
        </>
      )}
    </svg>
  );
}
