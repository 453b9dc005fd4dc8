// What moves the map beside keys: the wheel zooms, one finger or the mouse pans, two fingers do both. What is drawn comes
// from the address, so a move is told once a frame.
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Point, Size } from '../../draw/map_layout.ts';

export interface Moves {
  zoom: (factor: number, about: Point) => void;
  pan: (dx: number, dy: number) => void;
}

export function use_size(element: HTMLElement | null): Size {
  const [size, set_size] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!element) return undefined;
    const look = () => set_size({ width: element.clientWidth, height: element.clientHeight });
    const watch = new ResizeObserver(look);
    look();
    watch.observe(element);
    return () => watch.disconnect();
  }, [element]);
  return size;
}

const still = 4; // px: less than that is a click

export function use_moves(element: HTMLElement | null, moves: Moves): void {
  const now = useRef(moves);
  now.current = moves;
  useEffect(() => {
    if (!element) return undefined;
    const fingers = new Map<number, Point>();
    let moved = 0;
    const place = (event: MouseEvent): Point => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      now.current.zoom(Math.exp(-Math.max(-100, Math.min(100, event.deltaY)) * 0.004), place(event));
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      fingers.set(event.pointerId, place(event));
      moved = 0;
    };
    const move = (event: PointerEvent) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const after = place(event);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      moved += Math.hypot(after.x - before.x, after.y - before.y);
      if (moved < still) return;
      if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, after);
      if (!other) {
        now.current.pan(after.x - before.x, after.y - before.y);
        return;
      }
      const apart = (point: Point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      now.current.zoom(apart(after) / apart(before), { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 });
    };
    const up = (event: PointerEvent) => fingers.delete(event.pointerId);
    // The end of a move is no click on what lies there.
    const click = (event: MouseEvent) => {
      if (moved >= still) event.stopPropagation();
      moved = 0;
    };
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('click', click, { capture: true });
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('click', click, { capture: true });
    };
  }, [element]);
}
