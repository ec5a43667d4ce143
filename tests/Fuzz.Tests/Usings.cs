global using MMOrleans.Runs.Faults;
global using Xunit;
