/** Where the map's cards and figures stand, of whatever map: nothing over anything else, and everything where it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DnsMap, MapEdge, MapNode } from '../../src/core/view/map/mapPicture.ts';
import { layoutMap, type Box } from '../../webview/app/map/mapLayout.ts';
import { MAP_COLUMNS, MapOrder } from '../../webview/app/map/mapOrder.ts';

const figures = fc
  .record({ lookups: fc.nat(2000), failed: fc.nat(100), began: fc.nat(50), nxdomain: fc.nat(20) })
  .map((counts) => ({ ...counts, queries: counts.lookups, recent: 0, excused: 0 }));

const node = fc.record({
  column: fc.constantFrom(...MAP_COLUMNS),
  isNamespace: fc.boolean(),
  namespace: fc.nat(4),
  counted: figures,
});

const anyMap: fc.Arbitrary<DnsMap> = fc
  .record({
    nodes: fc.array(node, { minLength: 1, maxLength: 90 }),
    edges: fc.array(fc.record({ from: fc.nat(89), to: fc.nat(89), counted: figures }), { maxLength: 200 }),
  })
  .map(({ nodes, edges }) => {
    const made = nodes.map(({ column, isNamespace, namespace, counted }, index): MapNode => {
      const isClient = column === 'client';
      return {
        ...counted,
        id: isClient && isNamespace ? `namespace:${String(index)}` : `node:${String(index)}`,
        column,
        kind: isClient ? (isNamespace ? 'namespace' : 'workload') : 'place',
        label: `node ${String(index)}`,
        watched: true,
        ...(isClient && !isNamespace ? { within: `namespace:${String(namespace)}` } : {}),
      };
    });
    const joined = edges.map(({ from, to, counted }): MapEdge => ({
      ...counted,
      from: made[from % made.length]!.id,
      to: made[to % made.length]!.id,
      watched: true,
      slow: false,
    }));
    return { lookups: 1, within: [], recentSeconds: 1, nodes: made, edges: joined };
  });

const isApart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

test('cards and figures never lie over one another or outside, folded and unfolded', () => {
  fc.assert(
    fc.property(
      anyMap,
      fc.integer({ min: 0, max: 3000 }),
      fc.array(fc.nat(89), { maxLength: 5 }),
      (map, width, open) => {
        const order = new MapOrder();
        order.columns(map);
        for (const index of open) {
          order.toggle(`namespace:${String(index)}`);
          order.showMore(MAP_COLUMNS[index % MAP_COLUMNS.length]!);
        }
        const layout = layoutMap(map, order.columns(map), width);
        const plates = layout.edges.flatMap(({ plate }) => (plate === undefined ? [] : [plate]));
        const boxes: readonly Box[] = [...layout.cards, ...plates];
        for (const [index, box] of boxes.entries()) {
          assert.ok(box.x >= 0 && box.y >= 0 && box.width > 0);
          assert.ok(box.x + box.width <= layout.width + 0.01 && box.y + box.height <= layout.height + 0.01);
          for (const other of boxes.slice(index + 1)) assert.ok(isApart(box, other), JSON.stringify([box, other]));
        }
        assert.equal(new Set(layout.edges.map(({ key }) => key)).size, layout.edges.length);
        assert.equal(new Set(layout.cards.map(({ id }) => id)).size, layout.cards.length);
      },
    ),
    { numRuns: 150 },
  );
});

test('no node changes its place while figures change and others come and go', () => {
  fc.assert(
    fc.property(anyMap, fc.array(figures, { minLength: 90, maxLength: 90 }), fc.nat(89), (map, others, gone) => {
      const order = new MapOrder();
      const placesIn = (one: DnsMap): readonly string[] =>
        order
          .columns(one)
          .flatMap(({ nodes, more }) => [
            ...nodes.filter(({ isInside }) => !isInside).map(({ node: { id } }) => id),
            ...(more?.hidden.map(({ id }) => id) ?? []),
          ]);
      const before = placesIn(map);
      const changed = map.nodes.map((one, index): MapNode => ({ ...one, ...others[index]! }));
      assert.deepEqual(placesIn({ ...map, nodes: [...changed].reverse() }), before);
      const missing = map.nodes[gone % map.nodes.length]!.id;
      const fewer = placesIn({ ...map, nodes: changed.filter(({ id }) => id !== missing) });
      assert.deepEqual(
        fewer,
        before.filter((id) => id !== missing),
      );
      assert.deepEqual(placesIn({ ...map, nodes: changed }), before, 'who comes back is where it was');
    }),
    { numRuns: 100 },
  );
});
