import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { N8nHost } from '../../test/e2e/harness/host';
import { startMosquitto } from '../../test/peers/mosquitto';
import { startChild, type Child } from './childProcess';
import type { Generator } from './generatorProcess';
import type { Surroundings } from './sides';
import type { WarehouseOptions, WarehouseProcess } from './warehouseProcess';

/** A warehouse, and how n8n reaches it. */
export interface Site {
	warehouse: Child<WarehouseProcess>;
	surroundings: Surroundings;
}

export interface Side {
	name: string;
	/** an n8n with the side's workflow published */
	start(sites: { bulk: Site; single: Site }): Promise<N8nHost>;
}

/** One side's processes, all fresh: broker, ERP, a warehouse with and one without a bulk call, and n8n. */
export interface Scene {
	/** its name */
	side: string;
	host: N8nHost;
	generator: Child<Generator>;
	bulk: Site;
	single: Site;
}

/** Starts a side, lets `work` measure it, and ends it. */
export async function withScene<T>(side: Side, work: (scene: Scene) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), 'erp-bridge-bench-'));
	const remove = (): void => rmSync(folder, { recursive: true, force: true });
	process.once('exit', remove);
	const closing: Array<() => Promise<unknown>> = [];
	try {
		const broker = await startMosquitto(folder);
		closing.push(() => broker.stop());
		const site = async (bulk: boolean): Promise<Site> => {
			const options: WarehouseOptions = { folder: join(folder, `wms-${bulk}`), apiKey: 'bench-key', bulk };
			const warehouse = await startChild<WarehouseProcess>(join(__dirname, 'warehouseProcess.ts'), options);
			closing.push(() => warehouse.end());
			const url = await warehouse.ask('address');
			return { warehouse, surroundings: { broker, warehouse: { url, apiKey: options.apiKey } } };
		};
		const erp = async () => {
			const file = join(__dirname, 'generatorProcess.ts');
			const child = await startChild<Generator>(file, { brokerUrl: broker.url });
			closing.push(() => child.end());
			return child;
		};
		const [generator, bulk, single] = await Promise.all([erp(), site(true), site(false)]);
		const sites = { bulk, single };
		const host = await side.start(sites);
		closing.push(() => host.close());
		return await work({ side: side.name, host, generator, ...sites });
	} finally {
		for (const close of closing.reverse()) await close();
		remove();
		process.off('exit', remove);
	}
}
