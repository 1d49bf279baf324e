import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { z } from 'zod/v4';

import { launchPorts } from '../n8n/launch/options';
import type { ServiceAddresses } from './services';

export interface CommandLine {
	orders: number;
	changes: number;
	cancellations: number;
	rate: number;
	seed: number;
	/** a sandbox that runs already; absent: one of its own */
	sandbox?: ServiceAddresses;
}

/** A mistake in the command line; its message is all that the user needs. */
export class UsageError extends Error {}

const inDataSet = 5_009;
const perOrder = { changes: 2_000 / inDataSet, cancellations: 500 / inDataSet };

export const usage = `npm run demo:superstore -- [options]
  --orders N         so many of the 5,009 orders; changes and cancellations in proportion   (5009)
  --changes N        quantity changes                                                       (2000)
  --cancellations N  cancellations                                                          (500)
  --rate N           events per second of the stream                                        (50)
  --seed N           chooses cartons, stock, changes and cancellations                      (1)
  --url ADDRESS      the ERP's address of a sandbox that npm start runs, such as
                     http://127.0.0.1:${launchPorts.erp.standard}; without it the demo starts one of its own
  --wms-url ADDRESS  its WMS, where that is not on the next port
  --folder FOLDER    its folder, which holds the API key                                    (.sandbox)`;

export function readCommandLine(args: string[]): CommandLine {
	const values = parse(args);
	const number = (name: string, standard: number, least: number, most: number): number => {
		const given = values[name];
		const value = given === undefined ? standard : Number(given);
		if (!Number.isInteger(value) || value < least || value > most)
			throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, not "${given}".`);
		return value;
	};
	const orders = number('orders', inDataSet, 1, inDataSet);
	return {
		orders,
		changes: number('changes', Math.round(orders * perOrder.changes), 0, 1_000_000),
		cancellations: number('cancellations', Math.round(orders * perOrder.cancellations), 0, orders - 1),
		rate: number('rate', 50, 1, 1_000),
		seed: number('seed', 1, 0, 2 ** 32 - 1),
		...(values['url'] === undefined ? {} : { sandbox: sandboxAt(values['url'], values) }),
	};
}

function parse(args: string[]): Record<string, string | undefined> {
	const names = ['orders', 'changes', 'cancellations', 'rate', 'seed', 'url', 'wms-url', 'folder'];
	try {
		const { values } = parseArgs({
			args,
			options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
		});
		return values as Record<string, string | undefined>;
	} catch (error) {
		throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
	}
}

function sandboxAt(erp: string, values: Record<string, string | undefined>): ServiceAddresses {
	const erpUrl = originOf('--url', erp);
	const given = values['wms-url'];
	return {
		erpUrl,
		wmsUrl: given === undefined ? nextPort(erpUrl) : originOf('--wms-url', given),
		apiKey: apiKeyIn(values['folder'] ?? '.sandbox'),
	};
}

function originOf(flag: string, address: string): string {
	if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
		throw new UsageError(`${flag} must be an address such as http://127.0.0.1:5671, not "${address}".`);
	return new URL(address).origin;
}

function nextPort(address: string): string {
	const url = new URL(address);
	url.port = String(Number(url.port) + 1);
	return url.origin;
}

/** npm start keeps the key of its company in its folder. */
function apiKeyIn(folder: string): string {
	const file = join(resolve(__dirname, '../..', folder), 'company.json');
	if (!existsSync(file))
		throw new UsageError(
			`There is no ${file}, in which npm start keeps the sandbox's API key. Start the sandbox first, or name its folder with --folder.`,
		);
	const Secrets = z.object({ apiKey: z.string().min(1) });
	return Secrets.parse(JSON.parse(readFileSync(file, 'utf8'))).apiKey;
}
