/** A table of figures: a caption, a head, one row for each entry. It scrolls by itself where the page is too narrow for it. */
import type { ComponentChildren } from 'preact'
import { ScrollRegion } from './scroll-region.tsx'

/** One column. */
export interface Column<Row> {
  readonly label: string
  /** Figures stand to the right. */
  readonly numeric?: boolean
  cell(row: Row): ComponentChildren
}

/** What a table shows. */
export interface TableProps<Row> {
  readonly caption: string
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  keyOf(row: Row): string
}

export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  const [first, ...others] = columns
  return (
    <ScrollRegion label={`${caption}, table`}>
      <table class="figures-table">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ label, numeric }) => (
              <th key={label} scope="col" class={numeric ? 'numeric' : ''}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <th scope="row">{first?.cell(row)}</th>
              {others.map(({ label, numeric, cell }) => (
                <td key={label} class={numeric ? 'numeric' : ''}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
