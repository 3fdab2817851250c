// How a result differs from what was expected, cell by cell.
import type { ResultDifference } from '../../runner/lesson/difference.ts';

const mostRows = 12;

export function Difference({ difference }: { readonly difference: ResultDifference }) {
  const { columns, missingColumns, unexpectedColumns, changed, missing, unexpected } = difference;
  const count = changed.length + missing.length + unexpected.length;
  return (
    <div class="difference">
      {missingColumns.length > 0 && <p>Missing columns: {missingColumns.join(', ')}</p>}
      {unexpectedColumns.length > 0 && <p>Columns that are not expected: {unexpectedColumns.join(', ')}</p>}
      {count > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Row</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {changed.slice(0, mostRows).map(({ expected, actual, cells }) => (
              <tr key={`changed ${actual.row}`}>
                <th scope="row">{cells.length === 0 ? `${actual.row}, out of order` : actual.row}</th>
                {columns.map((column, at) => {
                  const differs = cells.find((cell) => cell.column === column);
                  return (
                    <td key={column}>
                      {differs ? (
                        <>
                          <del>{expected.cells[at] || 'NULL'}</del> <ins>{actual.cells[at] || 'NULL'}</ins>
                        </>
                      ) : (
                        actual.cells[at]
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
            {missing.slice(0, mostRows).map(({ cells, place }) => (
              <tr key={`missing ${place.line}`}>
                <th scope="row">missing</th>
                {cells.map((cell, at) => (
                  <td key={at}>
                    <del>{cell}</del>
                  </td>
                ))}
              </tr>
            ))}
            {unexpected.slice(0, mostRows).map(({ row, cells }) => (
              <tr key={`unexpected ${row}`}>
                <th scope="row">{row}, not expected</th>
                {cells.map((cell, at) => (
                  <td key={at}>
                    <ins>{cell}</ins>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
