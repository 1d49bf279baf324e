import { join } from 'node:path';

import { startHttpService } from '../../sandbox/company/http/service';
import { wmsRoutes } from '../../sandbox/company/wms/api';
import type { Movement, WmsReservation } from '../../sandbox/company/wms/model';
import type { Warehouse } from '../../sandbox/company/wms/warehouse';
import { answerQuestions } from './childProcess';
import { machineNow } from './clock';
import { eventRoute } from './eventRoute';
import { warehouseItems } from './orders';
import { RecordingWarehouse } from './recordingWarehouse';

/** What the warehouse did since `begin`. */
export interface Ledger {
	/** every change of a reservation, with the instant after its commit (see clock.ts) */
	commits: Array<{ order: string; sequence: number; at: number }>;
	/** every reservation that was asked for, in the order of arrival, whether or not it changed anything */
	calls: Array<{ order: string; sequence: number }>;
	movements: Movement[];
	reservations: WmsReservation[];
}

export type WarehouseProcess = {
	address(): string;
	/** Forgets the ledger. An order is done once its reservation has the sequence. */
	begin(what: { finalSequence: number }): void;
	ordersDone(): number;
	ledger(): Ledger;
};

export interface WarehouseOptions {
	folder: string;
	apiKey: string;
	bulk: boolean;
}

answerQuestions<WarehouseOptions, WarehouseProcess>(async ({ folder, apiKey, bulk }) => {
	const warehouse = new RecordingWarehouse(join(folder, 'wms.db'), { publish: false, topicPrefix: 'erp' });
	warehouse.putItems(warehouseItems);
	const routes = [...wmsRoutes(warehouse, { bulk }), eventRoute(warehouse)];
	const { url } = await startHttpService({ host: '127.0.0.1', port: 0, apiKey, routes });

	let commits: Ledger['commits'] = [];
	let final = 0;
	let done = 0;
	let firstMovement = 0;
	warehouse.onCommit((changed) => {
		const at = machineNow();
		for (const { reservation } of changed) {
			const { order, sequence } = reservation;
			commits.push({ order, sequence, at });
			if (sequence === final) done += 1;
		}
	});
	return {
		address: () => url,
		begin({ finalSequence }) {
			commits = [];
			warehouse.calls = [];
			done = 0;
			final = finalSequence;
			firstMovement = movementsAfter(warehouse, firstMovement).at(-1)?.id ?? firstMovement;
		},
		ordersDone: () => done,
		ledger: () => ({
			commits,
			calls: warehouse.calls,
			movements: movementsAfter(warehouse, firstMovement),
			reservations: warehouse.reservations([...new Set(commits.map(({ order }) => order))]),
		}),
	};
});

function movementsAfter(warehouse: Warehouse, position: number): Movement[] {
	const all: Movement[] = [];
	for (let after = position; ; ) {
		const page = warehouse.movements({ after, limit: 1_000 });
		all.push(...page);
		const last = page.at(-1);
		if (last === undefined) return all;
		after = last.id;
	}
}
