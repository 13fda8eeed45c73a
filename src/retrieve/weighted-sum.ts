/** Sum of measures, each times its weight: the linear part of a logistic model. Unweighted measures do not count. */
export function weightedSum<Name extends string>(
  weights: Readonly<Record<Name, number>>,
  measures: Readonly<Record<NoInfer<Name>, number>>,
): number {
  const names = Object.keys(weights) as Name[];
  return names.reduce((sum, name) => sum + weights[name] * measures[name], 0);
}
