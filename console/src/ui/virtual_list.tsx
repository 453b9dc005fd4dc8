// A list of any length whose rows are all as high: only what is on the screen is in the page.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface VirtualListProps {
  label: string;
  count: number;
  row_height: number;
  key_of: (index: number) => string;
  row: (index: number) => ComponentChildren;
  chosen: number; // -1: none
  // Which rows are on the screen: when that has not changed for a moment, and now and then while it does.
  on_settle?: (first: number, end: number) => void;
}

const beyond = 6; // rows above and below what is seen
const around = 48; // px that stay between the chosen row and the edge
const settled_after = 120; // ms
const told_every = 300; // ms, while it moves

interface Range {
  first: number;
  end: number;
}

export function range_seen(top: number, view: number, row_height: number, count: number): Range {
  const first = Math.max(0, Math.floor(-top / row_height) - beyond);
  const end = Math.min(count, Math.ceil((view - top) / row_height) + beyond);
  return { first: Math.min(first, count), end: Math.max(end, Math.min(first, count)) };
}

export function VirtualList(props: VirtualListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [range, set_range] = useState<Range>({ first: 0, end: Math.min(props.count, 30) });
  const { count, row_height, on_settle } = props;
  const told_at = useRef(0);

  useLayoutEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      if (!list.current) return;
      const seen = range_seen(list.current.getBoundingClientRect().top, innerHeight, row_height, count);
      set_range((was) => (was.first === seen.first && was.end === seen.end ? was : seen));
    };
    const later = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    // What stands above this list grows and shrinks.
    const watch = new ResizeObserver(later);
    watch.observe(document.body);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
      watch.disconnect();
    };
  }, [count, row_height]);

  const { chosen } = props;
  useEffect(() => {
    if (chosen < 0 || !list.current) return;
    const top = list.current.getBoundingClientRect().top + chosen * row_height;
    if (top < around) scrollBy(0, top - around);
    else if (top + row_height > innerHeight - around) scrollBy(0, top + row_height - innerHeight + around);
  }, [chosen, row_height]);

  const { first, end } = { first: Math.min(range.first, count), end: Math.min(range.end, count) };
  useEffect(() => {
    if (!on_settle) return;
    const tell = () => {
      told_at.current = performance.now();
      on_settle(first, end);
    };
    const moving_for = performance.now() - told_at.current;
    const timer = setTimeout(tell, Math.max(0, Math.min(settled_after, told_every - moving_for)));
    return () => clearTimeout(timer);
  }, [first, end, on_settle]);

  const rows = [];
  for (let i = first; i < end; ++i) {
    rows.push(
      <li
        key={props.key_of(i)}
        class={i === props.chosen ? 'chosen' : undefined}
        style={{ transform: `translateY(${i * row_height}px)`, height: `${row_height}px` }}
        aria-setsize={count}
        aria-posinset={i + 1}
      >
        {props.row(i)}
      </li>,
    );
  }
  return (
    <ul class="list" ref={list} aria-label={props.label} style={{ height: `${count * row_height}px` }}>
      {rows}
    </ul>
  );
}
