using CsCheck;
using MMOrleans.Learning.Training;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Training;

public class AveragedAloneTests
{
    // What an objective carries in buffers goes through this in every round of its one slot.
    [Fact]
    public void BufferOfOneSlotComesBackAsItselfOrItsNeighbourAndThenStays() =>
        Gen.Select(Gen.Float[-100, 100], Gen.Int[1, 2000])
            .Sample(
                (value, images) =>
                {
                    var once = Averaged(value, images);

                    Assert.True(
                        once == value
                            || once == MathF.BitIncrement(value)
                            || once == MathF.BitDecrement(value),
                        $"{value:R} came back as {once:R} from {images} images"
                    );
                    Assert.Equal(once, Averaged(once, images));
                },
                iter: 20_000
            );

    [Fact]
    public void StoringMultipliesAsThisTestDoes()
    {
        using var value = tensor(new[] { 0.3f, -7.1f });
        var stored = new float[2];

        FlatVector.Store<float>(value, stored, 100);

        Assert.Equal([0.3f * 100, -7.1f * 100], stored);
    }

    private static float Averaged(float value, int images) => value * images / images;
}
