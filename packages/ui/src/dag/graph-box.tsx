import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { stateColor, stateText } from '../parts/state.tsx';
import type { GraphBox } from './graph-model.ts';
import classes from './graph-page.module.css';
import type { Direction } from './lay-out-graph.ts';

export type BoxNode = Node<
  {
    readonly box: GraphBox;
    /** Of the run that is shown; null without one. */
    readonly state: string | null;
    readonly kind: string;
    readonly direction: Direction;
    readonly isChosen: boolean;
    readonly onChoose: (id: string) => void;
    readonly onFold: (groupId: string) => void;
  },
  'box'
>;

/** A task with its state, or a group that folds and unfolds. */
export function GraphBoxNode({ data }: NodeProps<BoxNode>) {
  const { box, state, kind, direction, isChosen, onChoose, onFold } = data;
  const [into, out] = direction === 'right' ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom];
  const told = state === null ? kind : stateText(state);
  return (
    <>
      <Handle type="target" position={into} className={classes.handle ?? ''} isConnectable={false} />
      {box.kind === 'open' ? (
        <div className={classes.open}>
          <button type="button" className={classes.fold} aria-expanded="true" onClick={() => onFold(box.id)}>
            ▾ {box.label}
          </button>
        </div>
      ) : (
        <button
          type="button"
          className={`${classes.box} ${isChosen ? classes.chosen : ''}`}
          style={{ borderColor: state === null ? undefined : stateColor(state) }}
          aria-expanded={box.kind === 'folded' ? false : undefined}
          aria-pressed={box.kind === 'task' ? isChosen : undefined}
          title={box.id}
          onClick={() => (box.kind === 'folded' ? onFold(box.id) : onChoose(box.id))}
        >
          <span className={classes.label}>
            {box.kind === 'folded' ? `▸ ${box.label} (${box.tasks.length})` : box.label}
          </span>
          <span className={classes.state}>
            <span className={classes.dot} style={{ background: state === null ? 'transparent' : stateColor(state) }} />
            {told}
          </span>
        </button>
      )}
      <Handle type="source" position={out} className={classes.handle ?? ''} isConnectable={false} />
    </>
  );
}
