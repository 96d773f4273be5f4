/** The run that compares the providers on Dapr's HTTP API, each in front of a mock that speaks its vendor's words. */
import { burst } from '../measure/burst.ts'
import type { Measurement } from '../measure/measurement.ts'
import { single } from '../measure/single.ts'
import { streams } from '../measure/streams.ts'
import { providersPlan, quickPlan } from '../plan.ts'
import { vendors } from '../provider/vendors.ts'
import { providerTable } from '../report/provider-table.ts'
import { providerTarget } from '../targets/sidecar.ts'
import { chosen, measureTarget, type Run, withProvider } from './run.ts'

const measurements: readonly Measurement[] = [burst, single, streams]

export const providers: Run = {
  async measure(options) {
    const wanted = chosen(measurements, options)
    const plan = options.quick ? quickPlan : providersPlan
    const measured = []
    for (const vendor of chosen(vendors, options)) {
      const target = providerTarget(vendor.name, vendor)
      measured.push(
        await withProvider(vendor.name, (address) => measureTarget(target, wanted, plan, address, options.profile)),
      )
    }
    return measured
  },
  report: {
    begin: '<!-- providers: written by the benchmark of the providers -->',
    end: '<!-- providers end -->',
    tables: (results) => [providerTable(results)],
  },
}
