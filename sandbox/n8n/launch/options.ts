import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LaunchFailure } from './failure';

/** The ports of a sandbox, each with its default, flag and environment variable. */
export const launchPorts = {
	editor: { standard: 5678, what: "n8n's editor" },
	page: { standard: 5670, what: 'the sandbox page' },
	erp: { standard: 5671, what: "the sandbox company's ERP" },
	wms: { standard: 5672, what: "the sandbox company's WMS" },
	finance: { standard: 5674, what: "the sandbox company's ledger" },
	hr: { standard: 5675, what: "the sandbox company's HR system" },
	broker: { standard: 5673, what: 'the MQTT broker' },
	smtp: { standard: 5676, what: "the sandbox company's mail server" },
	mail: { standard: 5677, what: 'its mail over HTTP' },
};
export type LaunchPort = keyof typeof launchPorts;
const portNames = Object.keys(launchPorts) as LaunchPort[];

export const flagOf = (port: LaunchPort): string => `--${port}-port`;
export const variableOf = (port: LaunchPort): string => `ERP_BRIDGE_${port.toUpperCase()}_PORT`;

export interface LaunchOptions {
	ports: Record<LaunchPort, number>;
	/** Where the sandbox keeps its data. */
	folder: string;
}

/** Reads `npm start -- --editor-port 5678 --folder .sandbox`; environment variables say the same. */
export function readOptions(args: string[]): LaunchOptions {
	const values = parse(args);
	const ports = Object.fromEntries(
		portNames.map((port) => {
			const text = values[`${port}-port`] ?? process.env[variableOf(port)];
			const number = Number(text ?? launchPorts[port].standard);
			if (!Number.isInteger(number) || number < 1 || number > 65_535)
				throw new LaunchFailure(`${flagOf(port)} must be a port from 1 to 65535, not "${text}".`);
			return [port, number];
		}),
	) as Record<LaunchPort, number>;
	const folder = values['folder'] ?? process.env['ERP_BRIDGE_SANDBOX'] ?? '.sandbox';
	return { ports, folder: resolve(__dirname, '../../..', folder) };
}

function parse(args: string[]): Record<string, string | undefined> {
	const names = [...portNames.map((port) => `${port}-port`), 'folder'];
	try {
		const { values } = parseArgs({
			args,
			options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
		});
		return values as Record<string, string | undefined>;
	} catch (error) {
		throw new LaunchFailure(
			`${error instanceof Error ? error.message : String(error)} Known are ${names.map((name) => `--${name}`).join(', ')}.`,
		);
	}
}
