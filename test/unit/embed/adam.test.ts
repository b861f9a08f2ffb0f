import { expect, it } from 'vitest'
import { AdamStep } from '../../../src/embed/adam.ts'

it('the first step is as long as the learning rate, whatever the gradient', () => {
  const parameters = Float32Array.of(1, 1, 1, 1)
  new AdamStep(4, 0.1).step(parameters, Float32Array.of(1e-3, -50, 0, 2))
  expect(parameters[0]).toBeCloseTo(0.9, 4)
  expect(parameters[1]).toBeCloseTo(1.1, 4)
  expect(parameters[2]).toBe(1)
  expect(parameters[3]).toBeCloseTo(0.9, 4)
})

it('two steps are those of the paper', () => {
  const parameters = Float32Array.of(0)
  const adam = new AdamStep(1, 0.01)
  adam.step(parameters, Float32Array.of(1))
  adam.step(parameters, Float32Array.of(-3))
  const mean = (0.9 * 0.1 * 1 + 0.1 * -3) / (1 - 0.9 ** 2)
  const square = (0.999 * 0.001 * 1 + 0.001 * 9) / (1 - 0.999 ** 2)
  expect(parameters[0]).toBeCloseTo(-0.01 - (0.01 * mean) / Math.sqrt(square), 6)
})

it('finds the bottom of a bowl', () => {
  const parameters = Float32Array.of(3, -2)
  const adam = new AdamStep(2, 0.05)
  for (let step = 0; step < 400; step++) adam.step(parameters, Float32Array.of(parameters[0] - 1, 10 * parameters[1]))
  expect(parameters[0]).toBeCloseTo(1, 2)
  expect(parameters[1]).toBeCloseTo(0, 2)
})
