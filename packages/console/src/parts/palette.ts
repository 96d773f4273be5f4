/**
 * Colours for a canvas. A custom property holds `light-dark(…)` as it is written, which a canvas does not understand; an
 * element that uses the property as its colour holds what it comes to.
 */

/** What a custom property comes to in an element's place, as a canvas takes it. */
export function resolveColor(property: string, place: HTMLElement): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${property})`
  place.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
