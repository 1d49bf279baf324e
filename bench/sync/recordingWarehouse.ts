import type { MatchResult } from '../../sandbox/company/wms/model';
import { Warehouse } from '../../sandbox/company/wms/warehouse';

/** The sandbox's warehouse that also writes down what it was asked. */
export class RecordingWarehouse extends Warehouse {
	calls: Array<{ order: string; sequence: number }> = [];

	override match(requests: unknown[]): MatchResult[] {
		for (const request of requests) {
			const { order, sequence } = request as { order: string; sequence: number };
			this.calls.push({ order, sequence });
		}
		return super.match(requests);
	}
}
