import { SandboxEntityService } from './entityService';
import { employees } from './hr/employees';
import { departments, positions } from './hr/organisation';
import { SandboxSystem } from './sandboxSystem';
import type { SandboxOptions } from './service';

/**
 * The sandbox's HR system: people, who are entered, moved, sent on leave, leave and come back, and to read positions and departments.
 * It pushes changes over MQTT by itself.
 */
export class SandboxHr extends SandboxSystem {
	constructor(options: SandboxOptions) {
		super(
			'sandbox-hr',
			options,
			(service) => ({
				employee: new SandboxEntityService(service, employees),
				position: new SandboxEntityService(service, positions),
				department: new SandboxEntityService(service, departments),
			}),
			'It serves employees, and for reading positions and departments.',
		);
	}
}
