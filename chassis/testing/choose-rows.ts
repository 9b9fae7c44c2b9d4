const isLongRun = process.env.LONG_TESTS === '1'

/**
 * Returns the rows of a table that are tested: all of them in `npm run test:long`, otherwise one representative of each
 * kind. A comment beside each call gives the reason. Throws if one of them is not in the table.
 */
export function chooseRows<const Row>(
  table: readonly Row[],
  representatives: readonly NoInfer<Row>[],
): Row[] {
  const unknown = representatives.filter(row => !table.includes(row))
  if (unknown.length > 0 || representatives.length === 0)
    throw new Error(
      `chooseRows: ${JSON.stringify(unknown)} are not in the table; expected at least one of its rows`,
    )
  return table.filter(row => isLongRun || representatives.includes(row))
}
