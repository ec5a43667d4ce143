global using MMOrleans.Runs.Faults;
