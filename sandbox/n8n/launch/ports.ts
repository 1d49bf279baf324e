import { isFree } from '../ports';
import { LaunchFailure } from './failure';
import { flagOf, launchPorts, type LaunchPort, variableOf } from './options';

/** Refuses, before anything is started, when a port is taken; names all that are and how to choose others. */
export async function refuseTakenPorts(ports: Record<LaunchPort, number>): Promise<void> {
	const entries = Object.entries(ports) as Array<[LaunchPort, number]>;
	const free = await Promise.all(entries.map(async ([, port]) => await isFree(port)));
	const taken = entries.filter((_, index) => !free[index]);
	if (taken.length === 0) return;
	const names = taken.map(([name, port]) => `${port} (for ${launchPorts[name].what})`).join(', ');
	const flags = taken.map(([name, port]) => `${flagOf(name)} ${port + 1000}`).join(' ');
	const [first] = taken[0] ?? ['editor' as const];
	throw new LaunchFailure(
		`Taken on 127.0.0.1: port ${names}. Stop what listens there, or choose others: npm start -- ${flags} (or set ${variableOf(first)} and the like).`,
	);
}
