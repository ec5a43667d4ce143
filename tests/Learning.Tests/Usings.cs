global using MMOrleans.Runs.Faults;
global using MMOrleans.Tests;
global using Xunit;
