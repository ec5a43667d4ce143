using MMOrleans.Grains.Confinement;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Trainers;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Tests.Trainers;

public class TrainingSessionFactoryTests
{
    [Fact]
    public void CheckpointsAreWrittenToThePlaceThatWasJudged()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a right there.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["runs", "r-real01"]);
        Directory.CreateSymbolicLink(folder["runs", "r-link01"], folder["runs", "r-real01"]);
        var assignment = new TrainerAssignment(
            "r-link01",
            "{}",
            new RunSettings { Name = "test" },
            folder["runs", "r-link01"],
            null,
            ""
        );

        var confined = TrainingSessionFactory.Confined(new([folder["runs"]]), assignment);

        Assert.Equal(folder["runs", "r-real01"], confined.Folder);
    }
}
