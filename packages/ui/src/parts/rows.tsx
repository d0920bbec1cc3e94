import { Group, Pagination, Table, Text, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';

/** A column; one with `order` can be sorted by that field of the API. */
export interface Column<Row> {
  readonly title: string;
  readonly order?: string;
  readonly cell: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
  /** Left out where the page is narrow. */
  readonly isWide?: boolean;
}

/** Which page of a list is shown, and its order; lives in the URL. */
export interface Paging {
  /** From 1; not given is 1. */
  readonly page?: number | undefined;
  /** A field, with a minus in front for descending. */
  readonly order?: string | undefined;
}

export const PAGE_SIZE = 25;

/** The part of a query that a list's route takes for `paging`. */
export function pageQuery({ page = 1, order }: Paging, fallback: string) {
  return { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE, order_by: [order ?? fallback] };
}

/** A list of the API as a table, a page at a time. */
export function Rows<Row>(props: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly total: number;
  readonly paging: Paging;
  readonly onPaging: (paging: Paging) => void;
  /** What stands there when there are none. */
  readonly nothing: string;
}) {
  const { label, columns, rows, keyOf, total, paging, onPaging, nothing } = props;
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  return (
    <>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label={label} highlightOnHover verticalSpacing="xs" horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Head key={column.title} column={column} paging={paging} onPaging={onPaging} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {columns.map((column) => (
                  <Table.Td
                    key={column.title}
                    ta={column.isNumber ? 'right' : undefined}
                    visibleFrom={column.isWide ? 'md' : undefined}
                  >
                    {column.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length === 0 && (
        <Text c="dimmed" ta="center" p="lg">
          {nothing}
        </Text>
      )}
      {pages > 1 && (
        <Group justify="space-between" mt="sm">
          <Text size="sm">{total} in all</Text>
          <Pagination
            total={pages}
            value={paging.page ?? 1}
            onChange={(page) => onPaging({ ...paging, page })}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
            getItemProps={(page) => ({ 'aria-label': `Page ${page}` })}
            size="sm"
          />
        </Group>
      )}
    </>
  );
}

function Head<Row>(props: {
  readonly column: Column<Row>;
  readonly paging: Paging;
  readonly onPaging: (paging: Paging) => void;
}) {
  const { column, paging, onPaging } = props;
  const { title, order, isNumber, isWide } = column;
  const way =
    order === undefined
      ? undefined
      : paging.order === order
        ? 'ascending'
        : paging.order === `-${order}`
          ? 'descending'
          : 'none';
  const shown =
    order === undefined ? (
      title
    ) : (
      <UnstyledButton
        fz="inherit"
        fw="inherit"
        onClick={() => onPaging({ order: way === 'ascending' ? `-${order}` : order })}
      >
        {title} {way === 'ascending' ? '↑' : way === 'descending' ? '↓' : ''}
      </UnstyledButton>
    );
  return (
    <Table.Th ta={isNumber ? 'right' : undefined} visibleFrom={isWide ? 'md' : undefined} aria-sort={way}>
      {shown}
    </Table.Th>
  );
}
