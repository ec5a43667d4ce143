global using MMOrleans.Cluster.Tests.Support;
global using MMOrleans.Journeys.Support;
global using MMOrleans.Runs.Faults;
global using Xunit;
