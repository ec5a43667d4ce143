using MMOrleans.Learning.Tests.Support;
using MMOrleans.Learning.Training.Objectives;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Learning.Tests.Checkpoints;

public class TensorNamesTests
{
    public static TheoryData<string> Methods { get; } =
    [.. MethodCatalogue.All.Concat(MethodCatalogue.SecondStage).Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void NameSaysWhetherATensorIsOfTheModelForEveryMethod(string name)
    {
        var method = MethodCatalogue.Find(name)!;
        var run = SomeTraining.Run("ce");

        var layout = ObjectiveCatalogue.Layout(
            run with
            {
                Method = run.Method with { Objective = method.Objective },
                Model = run.Model with { Head = method.Head },
                Pretraining =
                    method.Pretraining == "none"
                        ? null
                        : new()
                        {
                            Kind = method.Pretraining,
                            Epochs = 1,
                            Schedule = new() { WarmupEpochs = 0, Milestones = [] },
                        },
            },
            classes: 4,
            height: 8,
            width: 8
        );

        Assert.All(
            layout.Entries,
            entry =>
                Assert.Equal(
                    entry.Part is not (StatePart.Rotation or StatePart.Objective),
                    TensorNames.AreOfTheModel(entry.Name)
                )
        );
    }
}
