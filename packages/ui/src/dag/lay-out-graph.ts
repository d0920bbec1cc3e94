import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import ElkWorker from 'elkjs/lib/elk-worker.min.js?worker';
import type { GraphBox, GraphModel } from './graph-model.ts';

/** Where a box stands, from the corner of the group around it, and how large it is; in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Direction = 'right' | 'down';

const BOX_HEIGHT = 44;
const LETTER_WIDTH = 7.4;

const elk = new ELK({ workerFactory: () => new ElkWorker() });

/** Places all boxes in layers along the direction; in a worker, since three hundred take a second or two. */
export async function layOutGraph(model: GraphModel, direction: Direction): Promise<ReadonlyMap<string, Place>> {
  const laid = await elk.layout({
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': direction === 'right' ? 'RIGHT' : 'DOWN',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.spacing.nodeNode': '18',
      'elk.layered.spacing.nodeNodeBetweenLayers': '44',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    },
    children: childrenOf(model.boxes, null),
    edges: model.edges.map(({ from, to }, index) => ({ id: `e${index}`, sources: [from], targets: [to] })),
  });
  const places = new Map<string, Place>();
  const visit = ({ id, x = 0, y = 0, width = 0, height = 0, children = [] }: ElkNode): void => {
    places.set(id, { x, y, width, height });
    children.forEach(visit);
  };
  (laid.children ?? []).forEach(visit);
  return places;
}

function childrenOf(boxes: readonly GraphBox[], parentId: string | null): ElkNode[] {
  return boxes
    .filter((box) => box.parentId === parentId)
    .map((box) =>
      box.kind === 'open'
        ? {
            id: box.id,
            children: childrenOf(boxes, box.id),
            layoutOptions: { 'elk.padding': '[top=38,left=14,bottom=14,right=14]' },
          }
        : { id: box.id, width: Math.max(120, Math.round(box.label.length * LETTER_WIDTH) + 44), height: BOX_HEIGHT },
    );
}
