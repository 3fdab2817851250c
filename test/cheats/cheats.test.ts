import { testCheats } from './cheats.ts';

testCheats({ ownServers: false });
