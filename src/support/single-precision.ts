/** The smallest number that single precision holds with all its digits. */
const SMALLEST = 2 ** -126

/** Whether single precision holds a number: 0, or a size from 1.2e-38 to 3.4e38. What is smaller would lose digits or become 0. */
export function isSingle(value: unknown): value is number {
  if (typeof value !== 'number') return false
  return value === 0 || (Math.abs(value) >= SMALLEST && Number.isFinite(Math.fround(value)))
}

/** What is expected where `isSingle` refuses a value, for messages. */
export function expectedSingle(refused: unknown): string {
  return Number.isFinite(refused)
    ? 'a finite number that single precision holds (0, or a size from 1.2e-38 to 3.4e38)'
    : 'a finite number'
}
