import type { KeyboardEvent } from 'react';

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
/** Empty cells are passed over, at most so many. */
const MOST_STEPS = 1000;

/** Moves the focus from cell to cell; a cell says its place as `data-place="row.column"`. */
export function moveInGrid(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  const place = event.target instanceof HTMLElement ? event.target.dataset.place : undefined;
  if (step === undefined || place === undefined) return;
  event.preventDefault();
  let [row = 0, column = 0] = place.split('.').map(Number);
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    row += step[0];
    column += step[1];
    if (row < 0 || column < 0) return;
    const cell = event.currentTarget.querySelector<HTMLElement>(`[data-place="${row}.${column}"]`);
    if (cell !== null) {
      cell.focus();
      return;
    }
  }
}
